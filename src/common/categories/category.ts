export const CATEGORIES = ['work', 'learning', 'social', 'entertainment', 'shopping', 'news', 'other'] as const;
export type Category = (typeof CATEGORIES)[number];

/** What a category counts as in a productivity score. */
export type CategoryGroup = 'productive' | 'social' | 'neutral';

const GROUPS: Record<Category, CategoryGroup> = {
  work: 'productive',
  learning: 'productive',
  social: 'social',
  entertainment: 'social',
  shopping: 'neutral',
  news: 'neutral',
  other: 'neutral',
};

export function categoryGroupOf(category: Category): CategoryGroup {
  return GROUPS[category];
}
