import { Injectable } from '@nestjs/common';
import type { Bucket, Span } from '../../../common/time/calendar.js';
import type { TimeRange } from '../../../common/time/range.js';
import type { EventSelection } from '../../analytics/product/event-selection.js';
import { PropertyBreakdownsService } from '../../analytics/product/properties/property-breakdowns.service.js';
import type { PropertyFilter, PropertyPath } from '../../analytics/product/properties/property-filter.js';
import type {
  ConversionOfValueDto,
  SeriesOfValueDto,
  TopEventsOfValueDto,
  TotalsOfValueDto,
} from './dto/product-reports.dto.js';
import { addUp, conversionOf, topOf } from './figures/report-figures.js';
import { boundariesOf, checkSeries, seriesItems } from './figures/series.js';

/** The events that a report is about. */
interface ReportEvents {
  projectKey: string;
  range: TimeRange;
  filters: readonly PropertyFilter[];
}

/** What a breakdown adds to a report. */
export interface Breakdown<T> {
  breakdown: T[];
  /** Values that are not listed. */
  otherValues: number;
}

/** The figures of the reports for each value of a property. */
@Injectable()
export class ReportBreakdownsService {
  constructor(private readonly breakdowns: PropertyBreakdownsService) {}

  async overview(events: ReportEvents, path: PropertyPath): Promise<Breakdown<TotalsOfValueDto>> {
    const selection = selectionOf(events);
    const { values, names, otherValues } = await this.breakdowns.countByName(selection, path);
    const persons = await this.breakdowns.countPersons(selection, path, values);
    const breakdown = values.map((value, i) => ({ value, ...addUp(countsOf(names[i]!), persons[i]!) }));
    return { breakdown, otherValues };
  }

  /** The most frequent values are those of the events that are not left out. */
  async topEvents(
    events: ReportEvents,
    path: PropertyPath,
    leftOut: readonly string[],
    limit: number,
  ): Promise<Breakdown<TopEventsOfValueDto>> {
    const { values, names, otherValues } = await this.breakdowns.countByName(selectionOf(events), path, leftOut);
    const breakdown = values.map((value, i) => ({ value, items: topOf(countsOf(names[i]!), [], limit) }));
    return { breakdown, otherValues };
  }

  async series(
    events: ReportEvents,
    path: PropertyPath,
    buckets: readonly Bucket[],
    span: Span | null,
  ): Promise<Breakdown<SeriesOfValueDto>> {
    if (span === null || buckets.length === 0) return { breakdown: [], otherValues: 0 };
    // The times of the series: a range that is open on both sides holds events without a time, too.
    const selection = selectionOf({ ...events, range: span });
    const { values, otherValues } = await this.breakdowns.rank(selection, path);
    checkSeries(buckets, values.length + 1);
    const counts = await this.breakdowns.countByBucket(selection, path, values, boundariesOf(buckets, span));
    const breakdown = values.map((value, i) => ({ value, items: seriesItems(buckets, counts[i]!) }));
    return { breakdown, otherValues };
  }

  async conversion(
    events: ReportEvents,
    path: PropertyPath,
    eventName: string,
  ): Promise<Breakdown<ConversionOfValueDto>> {
    const selection = selectionOf(events);
    const { values, otherValues } = await this.breakdowns.rank(selection, path);
    const persons = await this.breakdowns.countPersons(selection, path, values, eventName);
    const breakdown = values.map((value, i) => ({ value, ...conversionOf(persons[i]!) }));
    return { breakdown, otherValues };
  }
}

function selectionOf({ projectKey, range, filters }: ReportEvents): EventSelection {
  return { projectKey, range, filters };
}

function countsOf(names: ReadonlyMap<string, number>): { eventName: string; count: number }[] {
  return [...names].map(([eventName, count]) => ({ eventName, count }));
}
