/** A page as a tab shows it. */
export interface Page {
  path: string;
  title: string;
}

export interface Site {
  host: string;
  /** How likely it is chosen, beside the others of its list. */
  weight: number;
  /** Of one look at a page. */
  meanMinutes: number;
  pages: readonly Page[];
}

const site = (host: string, weight: number, meanMinutes: number, ...pages: [path: string, title: string][]): Site => ({
  host,
  weight,
  meanMinutes,
  pages: pages.map(([path, title]) => ({ path, title })),
});

/** Open all day in a window of their own; they change their titles by themselves. */
export const COMPANION_SITES: readonly Site[] = [
  site(
    'mail.google.com',
    5,
    2,
    ['/mail/u/0/', 'Inbox (3) - Mail'],
    ['/mail/u/0/', 'Inbox (4) - Mail'],
    ['/mail/u/0/', 'Inbox - Mail'],
  ),
  site('app.slack.com', 4, 2, ['/client/T1/C2', 'storefront - Slack'], ['/client/T1/C3', '* team - Slack']),
  site('calendar.google.com', 1, 1, ['/calendar/u/0/r/week', 'Calendar - This week']),
];

export const WORK_SITES: readonly Site[] = [
  site(
    'github.com',
    10,
    3.5,
    ['/demo-shop/storefront/pulls', 'Pull requests · demo-shop/storefront'],
    ['/demo-shop/storefront/pull/412', 'Let guests check out · Pull Request #412'],
    ['/demo-shop/storefront/pull/415', 'Cache the catalogue · Pull Request #415'],
    ['/demo-shop/storefront/issues', 'Issues · demo-shop/storefront'],
    ['/demo-shop/storefront/actions', 'Actions · demo-shop/storefront'],
  ),
  site(
    'linear.app',
    4,
    2,
    ['/demo-shop/team/web/active', 'Web › Active'],
    ['/demo-shop/issue/WEB-207', 'WEB-207 Basket forgets coupons'],
  ),
  site('figma.com', 3, 4, ['/design/aB3x/checkout', 'Checkout – Figma'], ['/design/aB3x/basket', 'Basket – Figma']),
  site(
    'docs.google.com',
    3,
    5,
    ['/document/d/1x/edit', 'Release notes - Docs'],
    ['/spreadsheets/d/2y/edit', 'Plan - Sheets'],
  ),
  site('meet.google.com', 1, 18, ['/abc-defg-hij', 'Meet – Stand-up']),
  site(
    'developer.mozilla.org',
    3,
    3,
    ['/docs/Web/API/IntersectionObserver', 'IntersectionObserver - Web APIs | MDN'],
    ['/docs/Web/CSS/grid', 'grid - CSS | MDN'],
  ),
  site(
    'stackoverflow.com',
    3,
    2.5,
    ['/questions/927358', 'How do I undo the most recent commits? - Stack Overflow'],
    ['/questions/4037212', 'HTML forms and enter keys - Stack Overflow'],
  ),
  site(
    'google.com',
    3,
    0.5,
    ['/search', 'checkout form autocomplete - Search'],
    ['/search', 'css container queries - Search'],
  ),
  site(
    'localhost:3000',
    4,
    2.5,
    ['/', 'Demo Shop'],
    ['/basket', 'Basket | Demo Shop'],
    ['/checkout', 'Checkout | Demo Shop'],
  ),
];

/** Between two pieces of work. */
export const BREAK_SITES: readonly Site[] = [
  site('news.ycombinator.com', 4, 3, ['/', 'Hacker News'], ['/item', 'Ask HN: What do you self-host?']),
  site('theguardian.com', 3, 4, ['/international', 'News, sport and opinion'], ['/food', 'Food']),
  site('reddit.com', 2, 4, ['/r/webdev/', 'r/webdev'], ['/r/bicycling/', 'r/bicycling']),
  site('linkedin.com', 1, 2, ['/feed/', 'Feed']),
];

export const LEISURE_SITES: readonly Site[] = [
  site(
    'www.youtube.com',
    7,
    9,
    ['/watch', 'Bread for beginners - YouTube'],
    ['/watch', 'Over the Alps by bicycle - YouTube'],
    ['/feed/subscriptions', 'Subscriptions - YouTube'],
  ),
  site('netflix.com', 2, 38, ['/watch/80057281', 'Netflix'], ['/browse', 'Home - Netflix']),
  site('reddit.com', 4, 5, ['/r/bicycling/', 'r/bicycling'], ['/r/Breadit/', 'r/Breadit'], ['/', 'Home']),
  site(
    'en.wikipedia.org',
    3,
    5,
    ['/wiki/Stelvio_Pass', 'Stelvio Pass - Wikipedia'],
    ['/wiki/Sourdough', 'Sourdough - Wikipedia'],
  ),
  site('open.spotify.com', 2, 6, ['/playlist/37i9', 'Evening - playlist']),
  site('amazon.com', 2, 4, ['/s', 'bicycle bags'], ['/dp/B07X', 'Pannier, 20 l']),
  site('coursera.org', 2, 14, ['/learn/machine-learning', 'Machine learning | Lecture 4']),
  ...BREAK_SITES.filter(({ host }) => host === 'theguardian.com' || host === 'news.ycombinator.com'),
];
