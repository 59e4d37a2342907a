import { hash } from 'node:crypto';
import { MAX_INSTANT } from '../../../../common/time/instant.js';
import { isCleanText } from '../../product/clean-text.js';
import { correctClock } from '../../product/clock-correction.js';
import { cleanPayload } from './payload-cleaning.js';
import type { PrivacyRules } from './privacy-rules.js';

type Json = Record<string, unknown>;

const KEY_BYTES = 16;
const MAX_ID_LENGTH = 128;
const MAX_TYPE_LENGTH = 64;
const STATES = ['active', 'idle', 'locked'];
/** What clients may call themselves by, so that two browsers of one person are told apart. */
const DEVICE_KEYS = ['deviceId', 'device_id', 'clientId', 'client_id'];
export const MAX_DEVICE_LENGTH = 128;

/** The reason by which a client learns that an event of a private window was not stored. */
export const PRIVATE = 'private';

/** An event fit to be stored. */
export interface BrowserEvent {
  /** Unique over all users. */
  key: Uint8Array;
  userId: string;
  /** The client's `_id`, unique per user. */
  eventId: string;
  type: string;
  /** Epoch milliseconds. */
  at: number;
  /** It claimed to be more than a day in the future and was moved to its receipt. */
  clamped: boolean;
  domain: string | null;
  tabId: number | null;
  windowId: number | null;
  url: string | null;
  title: string | null;
  /** Only of IDLE_STATE_CHANGED: active, idle or locked; other texts as they came. */
  state: string | null;
  /** Which of a person's browsers; `null`: it does not say. */
  device: string | null;
  payload: Json;
}

export type EventVerdict = { event: BrowserEvent; reason?: undefined } | { event?: undefined; reason: string };

export interface JudgementFrame {
  userId: string;
  /** Epoch milliseconds. */
  receivedAt: number;
  rules: PrivacyRules;
}

/** Judges one item of a batch, any JSON, by itself. Never throws. */
export function judgeEvent(item: unknown, frame: JudgementFrame): EventVerdict {
  if (!isObject(item)) return { reason: 'event must be an object' };
  const { _id: eventId, type, ts } = item;
  const payload = item.payload ?? {};
  if (!isObject(payload)) return { reason: 'payload must be an object' };
  // First: nothing of it is even looked at.
  if (payload.incognito === true) return { reason: PRIVATE };
  if (!isText(eventId, MAX_ID_LENGTH)) return { reason: `_id must be a text of 1 to ${MAX_ID_LENGTH} characters` };
  if (!isText(type, MAX_TYPE_LENGTH)) return { reason: `type must be a text of 1 to ${MAX_TYPE_LENGTH} characters` };
  if (typeof ts !== 'number' || !(ts >= 0 && ts <= MAX_INSTANT)) return { reason: 'ts must be epoch milliseconds' };
  const { fields, reason } = readPayload(payload, frame.rules);
  if (fields === undefined) return { reason };
  const { at, clamped } = correctClock(Math.floor(ts), null, frame.receivedAt);
  return { event: { key: keyOf(frame.userId, eventId), userId: frame.userId, eventId, type, at, clamped, ...fields } };
}

type PayloadFields = Omit<BrowserEvent, 'key' | 'userId' | 'eventId' | 'type' | 'at' | 'clamped'>;
type PayloadVerdict = { fields: PayloadFields; reason?: undefined } | { fields?: undefined; reason: string };

function readPayload(payload: Json, rules: PrivacyRules): PayloadVerdict {
  const mistyped = findMistyped(payload);
  if (mistyped !== null) return { reason: mistyped };
  const url = textOf(payload.url);
  const recorded = url === null ? { domain: null, text: null } : rules.record(url);
  if (recorded === null) return { fields: unnamed(payload) };
  const { payload: cleaned, fault } = cleanPayload(payload, rules);
  if (fault !== undefined) return { reason: fault };
  if (url !== null) {
    cleaned.url = recorded.text;
    const title = textOf(cleaned.title);
    if (title !== null) cleaned.title = withoutStripped(title, url, recorded.text ?? '');
  }
  const fields = {
    domain: recorded.domain,
    tabId: (payload.tabId as number | undefined) ?? null,
    windowId: (payload.windowId as number | undefined) ?? null,
    url: recorded.text,
    title: textOf(cleaned.title),
    state: textOf(payload.state),
    device: deviceOf(payload),
    payload: cleaned,
  };
  return { fields };
}

/**
 * Of an excluded domain: that a tab shows something, and not what. Without it the time would go to the page before, as if
 * that had been left open.
 */
function unnamed(payload: Json): PayloadFields {
  return {
    domain: null,
    tabId: (payload.tabId as number | undefined) ?? null,
    windowId: (payload.windowId as number | undefined) ?? null,
    url: '',
    title: null,
    state: STATES.find((state) => state === payload.state) ?? null,
    device: deviceOf(payload),
    payload: {},
  };
}

function findMistyped(payload: Json): string | null {
  for (const name of ['tabId', 'windowId']) {
    const value = payload[name] ?? null;
    if (value !== null && !Number.isSafeInteger(value)) return `${name} must be a whole number`;
  }
  for (const name of ['url', 'title', 'state']) {
    const value = payload[name] ?? null;
    if (value !== null && typeof value !== 'string') return `${name} must be a text`;
  }
  return null;
}

/** While a page loads, browsers show its address as its title. */
function withoutStripped(title: string, url: string, recorded: string): string {
  const stripped = url.startsWith(recorded) ? url.slice(recorded.length) : '';
  return stripped.length > 1 ? title.replaceAll(stripped, '') : title;
}

/** Two users may use the same `_id`; one user's is stored once. */
export function keyOf(userId: string, eventId: string): Uint8Array {
  return hash('sha256', `${userId}\0${eventId}`, 'buffer').subarray(0, KEY_BYTES);
}

function deviceOf(payload: Json): string | null {
  for (const key of DEVICE_KEYS) {
    const value = payload[key];
    if (isText(value, MAX_DEVICE_LENGTH)) return value;
    if (Number.isSafeInteger(value)) return String(value);
  }
  return null;
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= maxLength && isCleanText(value);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
