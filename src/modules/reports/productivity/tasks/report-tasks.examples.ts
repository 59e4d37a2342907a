export const TASK_ID = '0b9f5a1e-6c2d-4f7a-9b3e-8d1c2a4f6e70';

/** Of one person and day; of the 24 hours the first that has activity. */
const REPORT = {
  organizations: [
    {
      organizationName: 'Turbo',
      users: [
        {
          userName: 'ben',
          overallReport: {
            periodStart: '2025-11-19',
            periodEnd: '2025-11-19',
            totalActiveHours: 1.5,
            totalActiveMinutes: 90,
            totalAfkHours: 0.5,
            totalAfkMinutes: 30,
            totalIdleMinutes: 0,
            averageDailyActiveHours: 1.5,
            averageDailyActiveMinutes: 90,
            totalDiscrepancies: 0,
            criticalDiscrepancies: 0,
            topApps: [{ appName: 'VS Code', durationMinutes: 60 }],
            summary: 'ben was active for 1 h 30 min and away for 30 min. Most used: VS Code (1 h). No discrepancies.',
            conclusion: 'CRITICAL: an average of 1 h 30 min of activity a day is below the expected 6 h.',
          },
          dailyReports: [
            {
              date: '2025-11-19',
              dataQuality: 'afk_status',
              hourlyBreakdown: [
                {
                  hour: 9,
                  startTime: '09:00',
                  endTime: '10:00',
                  activeMinutes: 60,
                  afkMinutes: 0,
                  idleMinutes: 0,
                  appUsage: [{ appName: 'VS Code', durationMinutes: 60, windowTitles: ['report.ts - almanac'] }],
                  totalMinutes: 60,
                },
              ],
              totalActiveMinutes: 90,
              totalActiveHours: 1.5,
              totalAfkMinutes: 30,
              totalAfkHours: 0.5,
              totalIdleMinutes: 0,
              notableDiscrepancies: [],
              summary: '1 h 30 min active and 30 min away between 09:00 and 11:00. Most used: VS Code (1 h).',
            },
          ],
        },
      ],
    },
  ],
  generatedAt: '2025-11-20T07:00:01.000Z',
  periodAnalyzed: { startDate: '2025-11-19', endDate: '2025-11-19', timeZone: 'UTC' },
  narrative: { source: 'template', promptVersion: '3f0c2a9d51e7b684' },
};

export const STATUS_EXAMPLES = {
  completed: {
    summary: 'With the report, cut here to one hour',
    value: { taskId: TASK_ID, status: 'completed', progress: 100, report: REPORT },
  },
  processing: { summary: 'At work', value: { taskId: TASK_ID, status: 'processing', progress: 40 } },
  failed: {
    summary: 'Ended without a report',
    value: {
      taskId: TASK_ID,
      status: 'failed',
      progress: 0,
      error: 'InfluxDB did not answer within 15 s',
      code: 'INFLUXDB_SLOW',
    },
  },
};

export const EVENTS_EXAMPLE =
  'retry: 2000\n\n' +
  `data: ${JSON.stringify(STATUS_EXAMPLES.processing.value)}\n\n` +
  `data: ${JSON.stringify(STATUS_EXAMPLES.completed.value)}\n\n`;

export const EXPORT_EXAMPLES = {
  html: '<!doctype html>\n<html lang="en">…</html>\n',
  csv:
    'organizationName,userName,date,hour,startTime,endTime,totalMinutes,activeMinutes,idleMinutes,afkMinutes,apps,…\r\n' +
    'Turbo,ben,2025-11-19,9,09:00,10:00,60,60,0,0,VS Code 60,…\r\n',
  json: REPORT,
};
