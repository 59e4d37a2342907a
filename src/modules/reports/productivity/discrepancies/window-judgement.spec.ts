import { judgeWindow } from './window-judgement.js';

/** `social_media Reddit`, `shopping Amazon`, or nothing. */
function judged(app: string, title = ''): string {
  const { subject, type, category } = judgeWindow(app, title);
  return subject === null ? '' : `${type ?? category} ${subject}`;
}

describe('what a window is', () => {
  it.each([
    ['Reddit', '', 'social_media Reddit'],
    ['reddit.exe', '', 'social_media Reddit'],
    ['Spotify.app', 'Artist - Song', 'media_consumption Spotify'],
    ['Telegram Desktop', '', 'social_media Telegram'],
    ['vlc', 'holiday.mp4', 'media_consumption VLC'],
    ['Steam', '', 'entertainment Steam'],
    ['Excel', 'YouTube - plan.xlsx', ''],
    ['Code', 'reddit - index.ts', ''],
    ['Teams', 'Chat | Facebook', ''],
    ['', '', ''],
  ])('should know the app %p (%p): %p', (app, title, expected) => {
    expect(judged(app, title)).toBe(expected);
  });

  it.each([
    ['Chrome', 'Reddit - Front Page', 'social_media Reddit'],
    ['chrome.exe', 'r/aww - Reddit - Google Chrome', 'social_media Reddit'],
    ['Google Chrome', '(12) Lofi beats - YouTube - Google Chrome', 'media_consumption YouTube'],
    ['Firefox', 'Home / X — Mozilla Firefox', 'social_media X'],
    ['Firefox', 'Plan / X and Y — Mozilla Firefox', ''],
    ['msedge', 'Feed | LinkedIn - Microsoft\u200b Edge', 'social_media LinkedIn'],
    ['Safari', 'Spotify – Web Player', 'media_consumption Spotify'],
    ['Safari', 'Song - YouTube Music', 'media_consumption YouTube Music'],
    ['Brave', 'Amazon.de: Tastaturen', 'shopping Amazon'],
    ['Arc', 'https://www.youtube.com/watch?v=1', 'media_consumption YouTube'],
    ['Arc', 'old.reddit.com', 'social_media Reddit'],
    ['Arc', 'www.xing.com', 'social_media xing.com'],
    ['Arc', 'shop.otto.de/jacken', 'shopping shop.otto.de'],
    ['Chrome', 'How to embed a YouTube video - Stack Overflow', ''],
    ['Chrome', 'reddit - Google Search', ''],
    ['Chrome', 'Facebook - Wikipedia', ''],
    ['Chrome', 'Spreadsheet with facebook numbers - Google Sheets', ''],
    ['Chrome', 'Gmail - Chrome', ''],
    ['Chrome', 'index.ts', ''],
    ['Chrome', 'Google Chrome', ''],
    ['Chrome', '', ''],
  ])('should read the page of %p from %p: %p', (app, title, expected) => {
    expect(judged(app, title)).toBe(expected);
  });

  it.each([
    ['r/programming - Reddit', true],
    ['r/learnpython: lists - Reddit', true],
    ['TypeScript tutorial - YouTube', true],
    ['Reddit - Front Page', false],
    ['r/aww - Reddit', false],
  ])('should see work in %p: %p', (title, expected) => {
    expect(judgeWindow('Chrome', title).workContext).toBe(expected);
  });

  it('should answer for hostile titles at once', () => {
    const started = performance.now();
    for (const title of [' - '.repeat(20_000), 'a.'.repeat(30_000), ': '.repeat(30_000), '('.repeat(60_000)]) {
      judgeWindow('Chrome', title);
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
