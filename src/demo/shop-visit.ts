import type { Random } from './random.js';
import { ITEM_BUTTONS, SHOP_ITEMS, type ShopItem } from './shop-catalogue.js';

/** An event as `POST /v1/events/batch` takes it, still without an `eventId`; its time in epoch milliseconds. */
export interface ShopEvent {
  eventName: string;
  at: number;
  anonymousId?: string;
  userId?: string;
  sessionId: string;
  properties: Record<string, string | number>;
  processName?: string;
  processId?: string;
  processStep?: 'START' | 'END';
}

export interface Device {
  anonymousId: string;
  platform: string;
  appVersion: string;
  /** Remembers the sign-in from visit to visit. */
  signedIn: boolean;
}

export interface Person {
  /** Used once the person signs in; guests never do. */
  userId: string;
  hasAccount: boolean;
  country: string;
  devices: Device[];
}

const SIGN_OUT = 0.15;
const SIGN_IN_AT_START = 0.3;
const SIGN_IN_AT_CHECKOUT = 0.85;
const ANOTHER_ITEM = 0.62;
const BROWSE_A_LIST = 0.45;
const CLICK_ON_ITEM = 0.35;
const ADD_TO_CART = 0.15;
const BEGIN_CHECKOUT = 0.55;
const PURCHASE = 0.7;

/** One visit to the shop from opening the app to leaving it, perhaps with a purchase. */
export class ShopVisit {
  readonly events: ShopEvent[] = [];
  private readonly cart: ShopItem[] = [];

  constructor(
    private readonly random: Random,
    private readonly person: Person,
    private readonly device: Device,
    private readonly sessionId: string,
    private now: number,
  ) {}

  /** @returns the visit's events in order of time. */
  play(): ShopEvent[] {
    if (this.device.signedIn && this.random.chance(SIGN_OUT)) this.device.signedIn = false;
    this.record('app_open');
    this.showScreen('Home');
    if (this.random.chance(SIGN_IN_AT_START)) this.signIn();
    do {
      this.lookAtItem();
    } while (this.random.chance(ANOTHER_ITEM));
    if (this.cart.length > 0) this.goToCart();
    return this.events;
  }

  private lookAtItem(): void {
    if (this.random.chance(BROWSE_A_LIST)) this.showScreen(this.random.pick(['Category', 'Search']));
    const item = this.random.pickWeighted(SHOP_ITEMS, ({ weight }) => weight);
    this.showScreen('Product');
    this.record('view_item', { item_id: item.id, item_name: item.name, price: item.price / 100 });
    if (this.random.chance(CLICK_ON_ITEM)) this.click(this.random.pick(ITEM_BUTTONS), 'Product');
    if (!this.random.chance(ADD_TO_CART)) return;
    this.cart.push(item);
    this.click({ id: 'add-to-cart', text: 'Add to cart' }, 'Product');
    this.record('add_to_cart', { item_id: item.id, item_name: item.name, price: item.price / 100 });
  }

  private goToCart(): void {
    this.showScreen('Cart');
    if (!this.random.chance(BEGIN_CHECKOUT)) return;
    const checkout = { processName: 'checkout', processId: `checkout-${this.sessionId}` };
    const order = { value: this.cart.reduce((sum, item) => sum + item.price, 0) / 100, currency: 'EUR' };
    this.click({ id: 'checkout', text: 'Checkout' }, 'Cart');
    this.record('begin_checkout', { ...order, items: this.cart.length }, { ...checkout, processStep: 'START' });
    this.showScreen('Checkout');
    if (this.random.chance(SIGN_IN_AT_CHECKOUT)) this.signIn();
    if (!this.random.chance(PURCHASE)) return;
    this.click({ id: 'pay', text: 'Pay now' }, 'Checkout');
    const orderId = `order-${this.sessionId}`;
    this.record('purchase_success', { ...order, order_id: orderId }, { ...checkout, processStep: 'END' });
    this.showScreen('Thank you');
  }

  /** The one event that carries both ids, by which what the visitor did before becomes the user's. */
  private signIn(): void {
    if (!this.person.hasAccount || this.device.signedIn) return;
    this.device.signedIn = true;
    this.record('login_success', {}, { anonymousId: this.device.anonymousId });
  }

  private showScreen(name: string): void {
    this.record('screen_view', { screen_name: name });
  }

  private click(button: { id: string; text: string }, screen: string): void {
    this.record('button_click', { button_id: button.id, button_text: button.text, screen_name: screen });
  }

  private record(eventName: string, properties: ShopEvent['properties'] = {}, more: Partial<ShopEvent> = {}): void {
    const { person, device } = this;
    this.events.push({
      eventName,
      at: this.now,
      ...(device.signedIn ? { userId: person.userId } : { anonymousId: device.anonymousId }),
      sessionId: this.sessionId,
      properties: { ...properties, country: person.country, platform: device.platform, app_version: device.appVersion },
      ...more,
    });
    this.now += 400 + Math.round(Math.min(this.random.exponential(14_000), 300_000));
  }
}
