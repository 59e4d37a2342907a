import 'reflect-metadata';
import { DtoValidationPipe } from '../../../../common/http/validation.pipe.js';
import { ConversionQuery } from './conversion.query.js';
import { EventsTimeseriesQuery } from './events-timeseries.query.js';
import { FunnelRequestDto } from './funnel-request.dto.js';
import { FunnelPostQuery, FunnelQuery } from './funnel.query.js';
import { OverviewQuery } from './overview.query.js';
import { PlainReportQuery, ReportQuery } from './report.query.js';
import { RetentionQuery } from './retention.query.js';
import { SessionsQuery } from './sessions.query.js';
import { TopEventsQuery } from './top-events.query.js';
import { TopScreensQuery } from './top-screens.query.js';

const pipe = new DtoValidationPipe();
const read = (metatype: new () => object, value: object, type: 'query' | 'body' = 'query') =>
  pipe.transform({ projectKey: 'a1b2c3d4e5f6', ...value }, { type, metatype });
const readFunnel = (value: object) => read(FunnelRequestDto, { steps: ['a', 'b'], ...value }, 'body');

describe('report queries', () => {
  it.each<[new () => object, object]>([
    [ReportQuery, { from: '', to: '', tz: '' }],
    [ReportQuery, { tz: 'Etc/GMT 5' }],
    [ReportQuery, { source: '' }],
    [ReportQuery, { source: 'raw' }],
    [OverviewQuery, { compare: 'previous', breakdown: 'properties.country' }],
    [OverviewQuery, { compare: '', breakdown: '' }],
    [TopScreensQuery, { limit: '1000' }],
    [TopEventsQuery, { limit: '1', exclude: 'a,b' }],
    [TopEventsQuery, { limit: '100000', exclude: ['a', 'b'] }],
    [TopEventsQuery, { limit: '', exclude: '' }],
    [EventsTimeseriesQuery, { interval: 'week' }],
    [ConversionQuery, { eventName: '$where' }],
    [FunnelQuery, { steps: 'a,b' }],
    [FunnelQuery, { steps: ['a', 'b, c'], window: '', processName: '' }],
    [FunnelQuery, { steps: 'a,b', mode: 'PROCESS', processName: 'checkout', window: '14d' }],
    [RetentionQuery, { startEvent: '', returnEvent: '', periods: '' }],
    [RetentionQuery, { interval: 'month', mode: '24h', periods: '1000' }],
    [SessionsQuery, { interval: 'hour', by: 'sessionId' }],
    [SessionsQuery, { interval: '', by: '', breakdown: '', compare: '' }],
    [RetentionQuery, { interval: '', mode: '' }],
    [EventsTimeseriesQuery, { interval: '' }],
    [FunnelQuery, { steps: 'a,b', mode: '', compare: '' }],
    [TopScreensQuery, { limit: '0' }],
    [TopEventsQuery, { limit: '0' }],
  ])('should accept %p %p', async (metatype, query) => {
    await expect(read(metatype, query)).resolves.toBeInstanceOf(metatype);
  });

  it.each<[new () => object, object, string]>([
    [ReportQuery, { projectKey: '' }, 'projectKey is required'],
    [ReportQuery, { projectKey: undefined }, 'projectKey is required'],
    [ReportQuery, { projectKey: ['a', 'b'] }, 'projectKey is required'],
    [ReportQuery, { from: ['2025-01-01', '2025-01-02'] }, 'from must be given once'],
    [ReportQuery, { to: { $gt: '' } }, 'to must be given once'],
    [ReportQuery, { tz: 'Mars/Olympus' }, 'tz must be an IANA time zone'],
    [ReportQuery, { tz: ['UTC', 'UTC'] }, 'tz must be an IANA time zone'],
    [ReportQuery, { source: 'rollup' }, 'source must be raw'],
    [ReportQuery, { source: ['raw', 'raw'] }, 'source must be raw'],
    [OverviewQuery, { compare: 'last' }, 'compare must be previous'],
    [OverviewQuery, { breakdown: ['a', 'b'] }, 'breakdown must be given once'],
    [OverviewQuery, { breakdown: { $gt: '' } }, 'breakdown must be given once'],
    [TopScreensQuery, { limit: '-1' }, 'limit must be'],
    [TopEventsQuery, { compare: 'previous' }, 'compare is not supported by this report'],
    [ConversionQuery, { eventName: 'a', compare: 'previous' }, 'compare is not supported by this report'],
    [FunnelQuery, { steps: 'a,b', compare: 'previous' }, 'compare is not supported by this report'],
    [FunnelPostQuery, { breakdown: 'properties.a' }, 'breakdown is not supported by this report'],
    [PlainReportQuery, { breakdown: 'properties.a' }, 'breakdown is not supported by this report'],
    [RetentionQuery, { breakdown: 'properties.a' }, 'breakdown is not supported by this report'],
    [SessionsQuery, { breakdown: ['a', 'b'] }, 'breakdown is not supported by this report'],
    [SessionsQuery, { compare: 'previous' }, 'compare is not supported by this report'],
    [TopScreensQuery, { breakdown: 'properties.a' }, 'breakdown is not supported by this report'],
    [TopEventsQuery, { limit: '-1' }, 'limit must be'],
    [TopEventsQuery, { limit: '1.5' }, 'limit must be'],
    [TopEventsQuery, { limit: 'ten' }, 'limit must be'],
    [TopEventsQuery, { limit: ['5', '6'] }, 'limit must be'],
    [TopEventsQuery, { exclude: { a: 'b' } }, 'exclude must be text'],
    [EventsTimeseriesQuery, { interval: 'year' }, 'interval must be'],
    [EventsTimeseriesQuery, { interval: ['day', 'hour'] }, 'interval must be'],
    [ConversionQuery, {}, 'eventName is required'],
    [ConversionQuery, { eventName: '' }, 'eventName must have'],
    [ConversionQuery, { eventName: { $ne: '' } }, 'eventName is required'],
    [FunnelQuery, {}, 'steps must have at least 2'],
    [FunnelQuery, { steps: 'a,,' }, 'steps must have at least 2'],
    [FunnelQuery, { steps: ['a', { $gt: '' }] }, 'every step must be'],
    [FunnelQuery, { steps: { $gt: '' } }, 'steps must have at least 2'],
    [FunnelQuery, { steps: `a,${'b'.repeat(201)}` }, 'every step must have'],
    [FunnelQuery, { steps: Array.from({ length: 21 }, () => 'a') }, 'at most 20'],
    [FunnelQuery, { steps: 'a,b', mode: 'PROCESS' }, 'is required for mode PROCESS'],
    [FunnelQuery, { steps: 'a,b', window: '10' }, 'window must be'],
    [RetentionQuery, { interval: 'hour' }, 'interval must be one of day, week, month'],
    [RetentionQuery, { mode: '24H' }, 'mode must be'],
    [RetentionQuery, { periods: '0' }, 'periods must be'],
    [RetentionQuery, { periods: ['1', '2'] }, 'periods must be'],
    [RetentionQuery, { startEvent: ['a', 'b'] }, 'startEvent must be given once'],
    [RetentionQuery, { returnEvent: 'x'.repeat(201) }, 'returnEvent must have'],
    [SessionsQuery, { by: 'userId' }, 'by must be'],
    [SessionsQuery, { interval: 'minute' }, 'interval must be'],
  ])('should refuse %p %p', async (metatype, query, sentence) => {
    await expect(read(metatype, query)).rejects.toThrow(sentence);
  });
});

describe('FunnelRequestDto', () => {
  it.each([
    {},
    { mode: 'USER', window: '30m', from: '2025-01-01', to: 1736157600000, tz: 'Europe/Berlin' },
    { mode: null, window: null, from: null, to: null, tz: null, processName: null },
    { mode: 'PROCESS', processName: 'checkout' },
    { window: '', tz: '', mode: '' },
    { steps: Array.from({ length: 20 }, () => 'a') },
    { breakdown: 'properties.country', filter: { 'properties.country': 'DE', 'properties.amount': { gt: 10 } } },
    { breakdown: null, filter: null },
  ])('should accept %p', async (body) => {
    await expect(readFunnel(body)).resolves.toBeInstanceOf(FunnelRequestDto);
  });

  it.each<[object, string]>([
    [{ steps: undefined }, 'steps'],
    [{ steps: 'a,b' }, 'steps'],
    [{ steps: ['a'] }, 'at least 2'],
    [{ steps: Array.from({ length: 21 }, () => 'a') }, 'at most 20'],
    [{ steps: ['a', { $gt: '' }] }, 'every step must'],
    [{ steps: ['a', ''] }, 'every step must'],
    [{ mode: 'user' }, 'mode must be USER or PROCESS'],
    [{ mode: 'PROCESS' }, 'is required for mode PROCESS'],
    [{ mode: 'PROCESS', processName: '' }, 'processName is required'],
    [{ mode: 'PROCESS', processName: { $ne: '' } }, 'processName'],
    [{ window: '10' }, 'window must be'],
    [{ window: 10 }, 'window must be'],
    [{ from: { $gt: 0 } }, 'from must be'],
    [{ tz: 'Mars/Olympus' }, 'tz must be'],
    [{ breakdown: ['properties.country'] }, 'breakdown must be text'],
    [{ filter: 'DE' }, 'filter must be an object'],
    [{ filter: [] }, 'filter must be an object'],
    [{ breakdowns: 'properties.country' }, 'breakdowns'],
  ])('should refuse %p', async (body, sentence) => {
    await expect(readFunnel(body)).rejects.toThrow(sentence);
  });
});
