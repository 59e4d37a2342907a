/** What reports need to know of an event. */
export interface ColumnEvent {
  /** Epoch milliseconds. */
  at: number;
  type: string;
  /** `null`: the page has none, or `hasAddress` is false. */
  domain: string | null;
  /** Whether the event tells of an address at all. */
  hasAddress: boolean;
  tabId: number | null;
  windowId: number | null;
  state: string | null;
  device: string | null;
}

/**
 * Events of one user in the order in which they count, as columns. What repeats is a position in a list of names, which
 * holds each once.
 */
export interface EventColumns {
  count: number;
  /** Epoch milliseconds from which `offsets` count. */
  start: number;
  offsets: Uint32Array;
  /** Positions in `typeNames`. */
  types: Uint16Array;
  /** `ADDRESS_UNKNOWN`, `NO_DOMAIN`, or a position in `domainNames` plus `FIRST_DOMAIN`. */
  domains: Uint16Array;
  /** 0 none, or a position in `tabIds` plus 1; `windows` and `devices` alike. */
  tabs: Uint16Array;
  windows: Uint16Array;
  devices: Uint16Array;
  /** `STATES` in order, 0 for none of them. */
  states: Uint8Array;
  names: ColumnNames;
}

export interface ColumnNames {
  types: string[];
  domains: string[];
  tabs: number[];
  windows: number[];
  devices: string[];
}

export const ADDRESS_UNKNOWN = 0;
export const NO_DOMAIN = 1;
export const FIRST_DOMAIN = 2;

/** Of events at the same millisecond, an active browser is told of last. */
export const STATES = ['', 'locked', 'idle', 'active'] as const;

/** Positions are 16 bits wide, and two are taken. */
export const MAX_COLUMN_EVENTS = 50_000;

const DAY_MS = 86_400_000;
/** Of events at the same millisecond: what happens to tabs first, then which one is in front, then whether anybody looks. */
const ORDER = [
  'TAB_REMOVED',
  'TAB_CREATED',
  'TAB_UPDATED',
  'TAB_ACTIVATED',
  'WINDOW_FOCUS_CHANGED',
  'IDLE_STATE_CHANGED',
];
const RANKS: ReadonlyMap<string, number> = new Map(ORDER.map((type, rank) => [type, rank]));

/**
 * The order in which events count. It follows from what they say alone, not from when they came; losing the focus (-1)
 * goes before gaining it, as browsers mean it when one window gives it to another.
 */
export function compareEvents(a: ColumnEvent, b: ColumnEvent): number {
  return (
    a.at - b.at ||
    rankOf(a) - rankOf(b) ||
    compareNumbers(a.windowId, b.windowId) ||
    compareNumbers(a.tabId, b.tabId) ||
    stateOf(a) - stateOf(b) ||
    compareTexts(a.domain ?? '', b.domain ?? '') ||
    Number(a.hasAddress) - Number(b.hasAddress) ||
    compareTexts(a.device ?? '', b.device ?? '') ||
    compareTexts(a.type, b.type)
  );
}

/** @param events at most `MAX_COLUMN_EVENTS`, in any order; sorted in place. */
export function toColumns(events: ColumnEvent[]): EventColumns {
  events.sort(compareEvents);
  const count = events.length;
  const start = Math.floor((events[0]?.at ?? 0) / DAY_MS) * DAY_MS;
  const types = new NameList<string>();
  const domains = new NameList<string>();
  const tabs = new NameList<number>();
  const windows = new NameList<number>();
  const devices = new NameList<string>();
  const columns = emptyColumns(count, start, {
    types: types.names,
    domains: domains.names,
    tabs: tabs.names,
    windows: windows.names,
    devices: devices.names,
  });
  events.forEach((event, i) => {
    columns.offsets[i] = event.at - start;
    columns.types[i] = types.positionOf(event.type);
    columns.domains[i] =
      event.domain !== null
        ? domains.positionOf(event.domain) + FIRST_DOMAIN
        : event.hasAddress
          ? NO_DOMAIN
          : ADDRESS_UNKNOWN;
    columns.tabs[i] = event.tabId === null ? 0 : tabs.positionOf(event.tabId) + 1;
    columns.windows[i] = event.windowId === null ? 0 : windows.positionOf(event.windowId) + 1;
    columns.devices[i] = event.device === null ? 0 : devices.positionOf(event.device) + 1;
    columns.states[i] = stateOf(event);
  });
  return columns;
}

/** The columns as bytes; `start` and `names` are kept beside them. */
export function packColumns(columns: EventColumns): Uint8Array {
  const bytes = new Uint8Array(columns.count * BYTES_PER_EVENT);
  let at = 0;
  for (const column of arraysOf(columns)) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  }
  return bytes;
}

/** @param bytes of `packColumns` */
export function unpackColumns(bytes: Uint8Array, start: number, names: ColumnNames): EventColumns {
  const columns = emptyColumns(Math.floor(bytes.length / BYTES_PER_EVENT), start, names);
  let at = 0;
  for (const column of arraysOf(columns)) {
    new Uint8Array(column.buffer).set(bytes.subarray(at, at + column.byteLength));
    at += column.byteLength;
  }
  return columns;
}

const BYTES_PER_EVENT = 15;

function emptyColumns(count: number, start: number, names: ColumnNames): EventColumns {
  return {
    count,
    start,
    offsets: new Uint32Array(count),
    types: new Uint16Array(count),
    domains: new Uint16Array(count),
    tabs: new Uint16Array(count),
    windows: new Uint16Array(count),
    devices: new Uint16Array(count),
    states: new Uint8Array(count),
    names,
  };
}

/** In the order of their bytes. */
function arraysOf(columns: EventColumns): (Uint32Array | Uint16Array | Uint8Array)[] {
  const { offsets, types, domains, tabs, windows, devices, states } = columns;
  return [offsets, types, domains, tabs, windows, devices, states];
}

class NameList<T> {
  readonly names: T[] = [];
  private readonly positions = new Map<T, number>();

  positionOf(name: T): number {
    let position = this.positions.get(name);
    if (position === undefined) {
      position = this.names.push(name) - 1;
      this.positions.set(name, position);
    }
    return position;
  }
}

function rankOf({ type }: ColumnEvent): number {
  return RANKS.get(type) ?? ORDER.length;
}

function stateOf({ state }: ColumnEvent): number {
  return state === null ? 0 : Math.max(0, STATES.indexOf(state as (typeof STATES)[number]));
}

function compareNumbers(a: number | null, b: number | null): number {
  return (a ?? -Infinity) === (b ?? -Infinity) ? 0 : (a ?? -Infinity) < (b ?? -Infinity) ? -1 : 1;
}

function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
