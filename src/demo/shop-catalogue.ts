/** What the demo shop sells and shows, and who visits it; weights say how often. */

export interface ShopItem {
  id: string;
  name: string;
  /** Euro cents. */
  price: number;
  weight: number;
}

const ITEMS: [name: string, price: number][] = [
  ['Canvas Sneakers', 5990],
  ['Rain Jacket', 11900],
  ['Merino Sweater', 8900],
  ['Linen Shirt', 4990],
  ['Wool Beanie', 1990],
  ['Leather Belt', 2990],
  ['Trail Backpack', 9490],
  ['Water Bottle', 2490],
  ['Running Socks', 1290],
  ['Sun Glasses', 6900],
  ['Denim Jeans', 7990],
  ['Down Vest', 12900],
  ['Silk Scarf', 3990],
  ['Hiking Boots', 15900],
  ['Cotton Hoodie', 5490],
  ['Travel Pouch', 1890],
];

/** The first sells best, the next half as well, then a third, as bestsellers do. */
export const SHOP_ITEMS: readonly ShopItem[] = ITEMS.map(([name, price], index) => ({
  id: `sku-${101 + index}`,
  name,
  price,
  weight: 1 / (index + 1),
}));

export const COUNTRIES = [
  { code: 'DE', weight: 30 },
  { code: 'FR', weight: 16 },
  { code: 'NL', weight: 12 },
  { code: 'GB', weight: 12 },
  { code: 'US', weight: 11 },
  { code: 'ES', weight: 8 },
  { code: 'PL', weight: 6 },
  { code: 'IN', weight: 5 },
] as const;

export const PLATFORMS = [
  { name: 'ios', versions: ['4.2.0', '4.2.1', '4.3.0'], weight: 38 },
  { name: 'android', versions: ['4.2.0', '4.2.2', '4.3.0'], weight: 34 },
  { name: 'web', versions: ['2026.10', '2026.11'], weight: 28 },
] as const;

export const ITEM_BUTTONS = [
  { id: 'size-guide', text: 'Size guide' },
  { id: 'show-reviews', text: 'Show reviews' },
  { id: 'save-for-later', text: 'Save for later' },
  { id: 'share', text: 'Share' },
] as const;
