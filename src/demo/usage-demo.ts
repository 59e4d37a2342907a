import { lastLocalDays, localOffset, walkCalendar } from '../common/time/calendar.js';
import { Random } from './random.js';

const DAYS = 28;
const USERS = 90;
const SEED = 20_251;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What the demo's services would send to `POST /api/v1/user-activity`. */
export interface DemoActivity {
  user_id: string;
  action: string;
  ip_address: string;
  user_agent: string;
  timestamp: string;
  session_id: string;
  event_id: string;
}

/** What they would send to `POST /api/v1/ai-call`. */
export interface DemoCall {
  user_id: string;
  model_used: string;
  provider: string;
  project: string;
  call_type: string;
  response_time: number;
  tokens: number;
  input_tokens: number;
  cached_input_tokens: number;
  output_tokens: number;
  success: boolean;
  error?: string;
  timestamp: string;
  event_id: string;
}

interface DemoModel {
  name: string;
  provider: string;
  project: string;
  callType: string;
  weight: number;
  seconds: number;
  input: number;
  output: number;
}

/** The last one has no price: what an experiment costs, nobody knows yet. */
const MODELS: readonly DemoModel[] = [
  {
    name: 'gpt-4.1-mini',
    provider: 'openai',
    project: 'assistant',
    callType: 'completion',
    weight: 9,
    seconds: 1.1,
    input: 2400,
    output: 260,
  },
  {
    name: 'gpt-4.1',
    provider: 'openai',
    project: 'assistant',
    callType: 'completion',
    weight: 3,
    seconds: 2.6,
    input: 3800,
    output: 420,
  },
  {
    name: 'gemini-2.5-flash',
    provider: 'gemini',
    project: 'search',
    callType: 'completion',
    weight: 4,
    seconds: 0.8,
    input: 1500,
    output: 180,
  },
  {
    name: 'text-embedding-3-small',
    provider: 'openai',
    project: 'search',
    callType: 'embedding',
    weight: 8,
    seconds: 0.12,
    input: 350,
    output: 0,
  },
  {
    name: 'acme-experimental-1',
    provider: 'acme',
    project: 'research',
    callType: 'completion',
    weight: 1,
    seconds: 4,
    input: 900,
    output: 700,
  },
];
const ACTIONS = ['view_dashboard', 'open_report', 'export_report', 'invite_member', 'change_settings'];
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
];

/**
 * Four weeks of a product team's users and of what they ask its models. Made from the anchor and the zone alone, and each
 * row has an id: sent again, nothing is stored twice. Nothing lies after the anchor.
 */
export function generateUsage(anchor: number, timeZone: string): { activities: DemoActivity[]; calls: DemoCall[] } {
  const random = new Random(SEED);
  const people = Array.from({ length: USERS }, (_, i) => ({
    id: `user-${String(i + 1).padStart(3, '0')}`,
    // Some come every day, most now and then; a third joined in these weeks.
    eagerness: 0.15 + 0.75 * random.next() ** 2,
    joinedOn: i % 3 === 0 ? random.integer(0, DAYS - 1) : -1,
    address: `203.0.113.${i + 1}`,
    agent: random.pick(AGENTS),
  }));
  const activities: DemoActivity[] = [];
  const calls: DemoCall[] = [];
  const days = [...walkCalendar(lastLocalDays(DAYS, anchor, timeZone), 'day', timeZone)];
  days.forEach((day, n) => {
    const weekday = new Date(day.start + localOffset(day.start, timeZone).offsetMs).getUTCDay();
    const isWeekend = weekday === 0 || weekday === 6;
    for (const person of people) {
      const isNew = person.joinedOn === n;
      if (person.joinedOn > n || !(isNew || random.chance(person.eagerness * (isWeekend ? 0.25 : 1)))) continue;
      let at = day.start + 8 * HOUR + random.integer(0, 9 * 60) * MINUTE;
      const sessionId = `${person.id}-${day.label}`;
      const act = (action: string): void => {
        const row = { user_id: person.id, action, ip_address: person.address, user_agent: person.agent };
        const event_id = `demo-${sessionId}-${activities.length}`;
        activities.push({ ...row, timestamp: new Date(at).toISOString(), session_id: sessionId, event_id });
      };
      act(isNew ? 'signup' : 'login');
      const steps = random.integer(2, 9);
      for (let i = 0; i < steps; i++) {
        at += Math.round(random.exponential(4 * MINUTE));
        if (random.chance(0.45)) {
          act('ask_assistant');
          calls.push(callOf(random, person.id, at, calls.length));
        } else act(random.pick(ACTIONS));
      }
      if (random.chance(0.4)) act('logout');
    }
  });
  const isPast = ({ timestamp }: { timestamp: string }) => Date.parse(timestamp) <= anchor;
  return { activities: activities.filter(isPast), calls: calls.filter(isPast) };
}

function callOf(random: Random, user: string, at: number, n: number): DemoCall {
  const model = random.pickWeighted(MODELS, ({ weight }) => weight);
  const success = !random.chance(0.02);
  const input = Math.max(20, Math.round(random.exponential(model.input)));
  const output = success ? Math.round(random.exponential(model.output)) : 0;
  return {
    user_id: user,
    model_used: model.name,
    provider: model.provider,
    project: model.project,
    call_type: model.callType,
    response_time: Math.round(1000 * (0.3 * model.seconds + random.exponential(0.7 * model.seconds))) / 1000,
    tokens: input + output,
    input_tokens: input,
    cached_input_tokens: model.callType === 'completion' && random.chance(0.5) ? Math.floor(input * 0.6) : 0,
    output_tokens: output,
    success,
    ...(!success && { error: random.pick(['timeout', 'rate_limited']) }),
    timestamp: new Date(at).toISOString(),
    event_id: `demo-call-${n}`,
  };
}
