import type { ApiBodyOptions } from '@nestjs/swagger';
import {
  AliasMessageDto,
  GroupMessageDto,
  IdentifyMessageDto,
  SegmentBatchDto,
  TrackMessageDto,
  ViewMessageDto,
} from './segment-message.dto.js';

const WRITE_KEY = 'a1b2c3d4e5f6';
const CALL = { writeKey: WRITE_KEY, messageId: '022bb90c-bbac-11e4-8dfc-aa07a5b093db' };
const NOON = '2025-01-06T12:00:00.000Z';

export const TRACK_BODY: ApiBodyOptions = {
  type: TrackMessageDto,
  examples: {
    order: {
      summary: 'An order of a signed-in user',
      value: {
        ...CALL,
        userId: 'user-123',
        event: 'Order Completed',
        properties: { revenue: 14.99, currency: 'EUR' },
        timestamp: NOON,
      },
    },
    now: {
      summary: 'Something of a visitor, now',
      value: { writeKey: WRITE_KEY, anonymousId: 'anon-1', event: 'Product Viewed' },
    },
  },
};

export const IDENTIFY_BODY: ApiBodyOptions = {
  type: IdentifyMessageDto,
  examples: {
    login: {
      summary: 'A visitor signs in',
      value: { ...CALL, anonymousId: 'anon-1', userId: 'user-123', traits: { plan: 'pro' }, timestamp: NOON },
    },
  },
};

export const PAGE_BODY: ApiBodyOptions = {
  type: ViewMessageDto,
  examples: {
    page: {
      summary: 'A page of a website',
      value: {
        ...CALL,
        anonymousId: 'anon-1',
        name: 'Pricing',
        properties: { path: '/pricing', title: 'Pricing' },
        context: { campaign: { source: 'newsletter', medium: 'email' }, locale: 'de-DE' },
        timestamp: NOON,
      },
    },
  },
};

export const SCREEN_BODY: ApiBodyOptions = {
  type: ViewMessageDto,
  examples: {
    screen: {
      summary: 'A screen of an app',
      value: {
        ...CALL,
        anonymousId: 'anon-1',
        name: 'Checkout',
        context: { app: { name: 'Shop', version: '2.1.0' }, os: { name: 'iOS' } },
        timestamp: NOON,
      },
    },
  },
};

export const GROUP_BODY: ApiBodyOptions = {
  type: GroupMessageDto,
  examples: {
    team: {
      summary: 'A user joins a team',
      value: { ...CALL, userId: 'user-123', groupId: 'team-9', traits: { industry: 'Technology' }, timestamp: NOON },
    },
  },
};

export const ALIAS_BODY: ApiBodyOptions = {
  type: AliasMessageDto,
  examples: {
    alias: {
      summary: 'The visitor was this user',
      value: { ...CALL, previousId: 'anon-1', userId: 'user-123', timestamp: NOON },
    },
  },
};

export const BATCH_BODY: ApiBodyOptions = {
  type: SegmentBatchDto,
  examples: {
    library: {
      summary: 'As a library sends it',
      value: {
        writeKey: WRITE_KEY,
        sentAt: '2025-01-06T12:00:05.000Z',
        context: { library: { name: 'shop-server' } },
        batch: [
          { type: 'screen', messageId: 'm-1', anonymousId: 'anon-1', name: 'Checkout', timestamp: NOON },
          { type: 'identify', messageId: 'm-2', anonymousId: 'anon-1', userId: 'user-123', timestamp: NOON },
          {
            type: 'track',
            messageId: 'm-3',
            userId: 'user-123',
            event: 'Order Completed',
            properties: { revenue: 14.99 },
            timestamp: NOON,
          },
        ],
      },
    },
  },
};
