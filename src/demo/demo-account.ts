import { DemoApiError, type DemoApi } from './demo-api.client.js';

export const DEMO_EMAIL = 'demo@almanac.local';
export const DEMO_PASSWORD = 'explore-the-almanac';

export interface DemoAccount {
  token: string;
  /** Epoch milliseconds. */
  createdAt: number;
}

interface SignedIn {
  access_token: string;
  user: { createdAt: string };
}

/** Signs in to the demo account, which is made at the first start. */
export async function openDemoAccount(api: DemoApi): Promise<DemoAccount> {
  const { access_token: token, user } = (await tryToRegister(api)) ?? (await signIn(api));
  return { token, createdAt: Date.parse(user.createdAt) };
}

/** `null` when the account is there, as it is from the second start on. */
async function tryToRegister(api: DemoApi): Promise<SignedIn | null> {
  const account = { name: 'Demo', email: DEMO_EMAIL, password: DEMO_PASSWORD };
  try {
    return await api.post<SignedIn>('/api/auth/register', account);
  } catch (error) {
    if (error instanceof DemoApiError && (error.status === 400 || error.status === 403)) return null;
    throw error;
  }
}

function signIn(api: DemoApi): Promise<SignedIn> {
  return api.post<SignedIn>('/api/auth/login', { email: DEMO_EMAIL, password: DEMO_PASSWORD });
}
