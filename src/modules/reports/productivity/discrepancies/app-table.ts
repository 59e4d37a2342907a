import type { Category } from '../../../../common/categories/category.js';

export type DistractionType = 'social_media' | 'media_consumption';

export interface KnownApp {
  /** How reports name it. */
  name: string;
  /** The discrepancy that its time is; absent: none of its own, `category` judges it. */
  type?: DistractionType;
  category: Category;
  /** Names of the program itself, lower case, without `.exe` or `.app`. */
  apps?: readonly string[];
  /**
   * What a browser's title begins or ends with when the page is this site, lower case: a whole part between separators
   * (`Front page - Reddit`). With a separator before it (`/ x`) only at the end and behind that separator.
   */
  titles?: readonly string[];
  /** Covers subdomains, for titles that show an address. */
  domains?: readonly string[];
}

type Row = readonly [name: string, names: Omit<KnownApp, 'name' | 'type' | 'category'>];

const SOCIAL: readonly Row[] = [
  ['Reddit', { apps: ['reddit', 'apollo for reddit'], titles: ['reddit'], domains: ['reddit.com', 'redd.it'] }],
  ['Facebook', { apps: ['facebook'], titles: ['facebook'], domains: ['facebook.com', 'fb.com'] }],
  ['Messenger', { apps: ['messenger', 'facebook messenger'], titles: ['messenger'], domains: ['messenger.com'] }],
  [
    'Instagram',
    { apps: ['instagram'], titles: ['instagram', 'instagram photos and videos'], domains: ['instagram.com'] },
  ],
  ['Threads', { apps: ['threads'], titles: ['threads'], domains: ['threads.net', 'threads.com'] }],
  [
    'X',
    {
      apps: ['twitter', 'x', 'tweetdeck', 'tweetbot'],
      titles: ['/ x', '/ twitter', 'twitter', 'tweetdeck'],
      domains: ['x.com', 'twitter.com', 't.co'],
    },
  ],
  ['Bluesky', { apps: ['bluesky'], titles: ['bluesky'], domains: ['bsky.app'] }],
  ['Mastodon', { apps: ['mastodon'], titles: ['mastodon'], domains: ['mastodon.social'] }],
  ['LinkedIn', { apps: ['linkedin'], titles: ['linkedin'], domains: ['linkedin.com'] }],
  ['Pinterest', { apps: ['pinterest'], titles: ['pinterest'], domains: ['pinterest.com'] }],
  ['Tumblr', { apps: ['tumblr'], titles: ['tumblr'], domains: ['tumblr.com'] }],
  ['Snapchat', { apps: ['snapchat'], titles: ['snapchat'], domains: ['snapchat.com'] }],
  ['TikTok', { apps: ['tiktok'], titles: ['tiktok'], domains: ['tiktok.com'] }],
  ['Quora', { titles: ['quora'], domains: ['quora.com'] }],
  ['Discord', { apps: ['discord', 'discord ptb', 'discord canary'], titles: ['discord'], domains: ['discord.com'] }],
  [
    'Telegram',
    {
      apps: ['telegram', 'telegram desktop', 'telegram lite'],
      titles: ['telegram web', 'telegram'],
      domains: ['t.me'],
    },
  ],
  [
    'WhatsApp',
    { apps: ['whatsapp', 'whatsapp desktop'], titles: ['whatsapp', 'whatsapp web'], domains: ['whatsapp.com'] },
  ],
  ['Signal', { apps: ['signal', 'signal desktop'] }],
  ['WeChat', { apps: ['wechat', 'weixin'], titles: ['wechat'], domains: ['wechat.com'] }],
  ['Line', { apps: ['line'], domains: ['line.me'] }],
  ['VK', { apps: ['vk', 'vk messenger'], titles: ['vk'], domains: ['vk.com'] }],
];

const MEDIA: readonly Row[] = [
  ['YouTube', { apps: ['youtube'], titles: ['youtube'], domains: ['youtube.com', 'youtu.be'] }],
  ['YouTube Music', { apps: ['youtube music'], titles: ['youtube music'], domains: ['music.youtube.com'] }],
  ['Netflix', { apps: ['netflix'], titles: ['netflix'], domains: ['netflix.com'] }],
  [
    'Prime Video',
    { apps: ['prime video', 'amazon prime video'], titles: ['prime video'], domains: ['primevideo.com'] },
  ],
  ['Disney+', { apps: ['disney+', 'disney plus'], titles: ['disney+'], domains: ['disneyplus.com'] }],
  ['Hulu', { apps: ['hulu'], titles: ['hulu'], domains: ['hulu.com'] }],
  ['HBO Max', { apps: ['hbo max'], titles: ['hbo max'], domains: ['hbomax.com', 'max.com'] }],
  ['Apple TV', { apps: ['apple tv'], titles: ['apple tv', 'apple tv+'], domains: ['tv.apple.com'] }],
  ['Crunchyroll', { apps: ['crunchyroll'], titles: ['crunchyroll'], domains: ['crunchyroll.com'] }],
  ['Plex', { apps: ['plex', 'plex for windows', 'plex htpc'], titles: ['plex'], domains: ['plex.tv'] }],
  ['Twitch', { apps: ['twitch'], titles: ['twitch'], domains: ['twitch.tv'] }],
  ['Kick', { titles: ['kick'], domains: ['kick.com'] }],
  ['Vimeo', { titles: ['vimeo'], domains: ['vimeo.com'] }],
  ['Dailymotion', { titles: ['dailymotion'], domains: ['dailymotion.com'] }],
  ['Bilibili', { titles: ['bilibili'], domains: ['bilibili.com'] }],
  ['Spotify', { apps: ['spotify', 'spotify premium', 'spotify free'], titles: ['spotify'], domains: ['spotify.com'] }],
  ['Apple Music', { apps: ['apple music', 'itunes'], titles: ['apple music'], domains: ['music.apple.com'] }],
  ['SoundCloud', { apps: ['soundcloud'], titles: ['soundcloud'], domains: ['soundcloud.com'] }],
  ['Deezer', { apps: ['deezer'], titles: ['deezer'], domains: ['deezer.com'] }],
  ['Tidal', { apps: ['tidal'], titles: ['tidal'], domains: ['tidal.com'] }],
  ['Pandora', { apps: ['pandora'], titles: ['pandora'], domains: ['pandora.com'] }],
  ['Audible', { apps: ['audible'], titles: ['audible', 'audible.com'], domains: ['audible.com'] }],
  ['VLC', { apps: ['vlc', 'vlc media player'] }],
  ['Windows Media Player', { apps: ['windows media player', 'wmplayer', 'media player', 'movies & tv'] }],
  ['QuickTime Player', { apps: ['quicktime player'] }],
  ['Kodi', { apps: ['kodi'] }],
  ['IINA', { apps: ['iina'] }],
  ['mpv', { apps: ['mpv'] }],
];

const GAMES: readonly Row[] = [
  ['Steam', { apps: ['steam', 'steamwebhelper'], titles: ['steam'], domains: ['steampowered.com'] }],
  ['Epic Games', { apps: ['epic games launcher', 'epicgameslauncher'], domains: ['epicgames.com'] }],
  ['Battle.net', { apps: ['battle.net'], domains: ['battle.net'] }],
  ['Minecraft', { apps: ['minecraft', 'minecraft launcher'] }],
  ['Roblox', { apps: ['roblox', 'robloxplayerbeta'], titles: ['roblox'], domains: ['roblox.com'] }],
  ['League of Legends', { apps: ['league of legends', 'leagueclientux'] }],
  ['Valorant', { apps: ['valorant'] }],
  ['Fortnite', { apps: ['fortnite'] }],
  ['Counter-Strike', { apps: ['cs2', 'csgo', 'counter-strike 2'] }],
  ['World of Warcraft', { apps: ['world of warcraft', 'wow'] }],
  ['Solitaire', { apps: ['solitaire', 'microsoft solitaire collection'] }],
  ['Xbox', { apps: ['xbox'], domains: ['xbox.com'] }],
  ['Chess', { apps: ['chess'], titles: ['chess.com', 'lichess.org'], domains: ['chess.com', 'lichess.org'] }],
  ['IMDb', { titles: ['imdb'], domains: ['imdb.com'] }],
  ['9GAG', { titles: ['9gag'], domains: ['9gag.com'] }],
];

const SHOPS: readonly Row[] = [
  [
    'Amazon',
    {
      apps: ['amazon', 'amazon shopping'],
      titles: ['amazon', 'amazon.com', 'amazon.co.uk', 'amazon.de', 'amazon.fr', 'amazon.it', 'amazon.es', 'amazon.in'],
      domains: ['amazon.com', 'amazon.co.uk', 'amazon.de', 'amazon.fr', 'amazon.it', 'amazon.es', 'amazon.in'],
    },
  ],
  ['eBay', { apps: ['ebay'], titles: ['ebay'], domains: ['ebay.com', 'ebay.co.uk', 'ebay.de'] }],
  ['Etsy', { titles: ['etsy'], domains: ['etsy.com'] }],
  ['AliExpress', { titles: ['aliexpress'], domains: ['aliexpress.com'] }],
  ['Temu', { titles: ['temu'], domains: ['temu.com'] }],
  ['Shein', { titles: ['shein'], domains: ['shein.com'] }],
  ['Walmart', { titles: ['walmart', 'walmart.com'], domains: ['walmart.com'] }],
  ['Zalando', { titles: ['zalando'], domains: ['zalando.com', 'zalando.de'] }],
  ['IKEA', { titles: ['ikea'], domains: ['ikea.com'] }],
  ['Booking.com', { titles: ['booking.com'], domains: ['booking.com'] }],
  ['Airbnb', { titles: ['airbnb'], domains: ['airbnb.com'] }],
];

/** The apps and sites that discrepancies are about. What is not listed is judged by the table of domains, or not at all. */
export const KNOWN_APPS: readonly KnownApp[] = [
  ...SOCIAL.map(([name, names]) => ({ name, type: 'social_media' as const, category: 'social' as const, ...names })),
  ...MEDIA.map(([name, names]) => ({
    name,
    type: 'media_consumption' as const,
    category: 'entertainment' as const,
    ...names,
  })),
  ...GAMES.map(([name, names]) => ({ name, category: 'entertainment' as const, ...names })),
  ...SHOPS.map(([name, names]) => ({ name, category: 'shopping' as const, ...names })),
];

/** Programs that show pages: only a telling title says which. Lower case, without `.exe` or `.app`. */
export const BROWSERS: readonly string[] = [
  'chrome',
  'google chrome',
  'google-chrome',
  'google chrome beta',
  'google chrome dev',
  'google chrome canary',
  'chromium',
  'chromium-browser',
  'firefox',
  'mozilla firefox',
  'firefox developer edition',
  'navigator',
  'librewolf',
  'waterfox',
  'tor browser',
  'safari',
  'safari technology preview',
  'edge',
  'msedge',
  'microsoft edge',
  'internet explorer',
  'iexplore',
  'opera',
  'opera gx',
  'brave',
  'brave browser',
  'brave-browser',
  'vivaldi',
  'arc',
  'zen',
  'zen browser',
  'duckduckgo',
  'yandex',
  'samsung internet',
  'orion',
];

/** Browsers whose windows end with the name of the profile, where there are several: `… - Google Chrome - Ann`. */
export const PROFILE_AFTER: readonly string[] = [
  'google chrome',
  'google chrome beta',
  'google chrome dev',
  'google chrome canary',
  'chromium',
  'brave',
  'brave browser',
  'microsoft edge',
];

/** Browsers that write it before their own name: `… - Personal - Microsoft Edge`. */
export const PROFILE_BEFORE: readonly string[] = ['microsoft edge'];

/** Sites whose pages may begin with the name of another: `Reddit - Wikipedia`, `youtube - Google Search`. Lower case. */
export const OTHER_SITES: readonly string[] = [
  'wikipedia',
  'google search',
  'google suche',
  'recherche google',
  'bing',
  'search',
  'duckduckgo',
  'stack overflow',
  'github',
  'gitlab',
  'hacker news',
  'gmail',
  'outlook',
  'google docs',
  'google sheets',
  'google slides',
  'google drive',
  'jira',
  'confluence',
  'notion',
  'app store',
  'google play',
  'mdn',
  'npm',
];

/** A word of a title that speaks of work: `r/programming`, a tutorial. Lower case. */
export const WORK_WORDS: readonly string[] = [
  'programming',
  'programmer',
  'programmers',
  'coding',
  'developer',
  'developers',
  'development',
  'devops',
  'sysadmin',
  'webdev',
  'webdevelopment',
  'learnprogramming',
  'experienceddevs',
  'cscareerquestions',
  'softwareengineering',
  'software',
  'javascript',
  'learnjavascript',
  'typescript',
  'python',
  'learnpython',
  'golang',
  'rustlang',
  'java',
  'kotlin',
  'csharp',
  'dotnet',
  'cpp',
  'c++',
  'c#',
  'php',
  'laravel',
  'django',
  'reactjs',
  'nextjs',
  'nestjs',
  'nodejs',
  'node',
  'vuejs',
  'angular',
  'sql',
  'postgresql',
  'mongodb',
  'database',
  'databases',
  'dataengineering',
  'datascience',
  'machinelearning',
  'kubernetes',
  'docker',
  'terraform',
  'linux',
  'linuxadmin',
  'aws',
  'azure',
  'netsec',
  'cybersecurity',
  'github',
  'git',
  'api',
  'tutorial',
  'tutorials',
  'documentation',
  'webinar',
  'excel',
  'spreadsheet',
  'spreadsheets',
  'powerbi',
  'accounting',
  'bookkeeping',
  'projectmanagement',
];
