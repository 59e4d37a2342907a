import type { Unusable } from './rollup-verification.service.js';
import { runVerification, UnknownProjectError } from './run-verification.js';

/** Projects with their days, of which each has three events that are in the rollups, or why they are not compared. */
function verificationOf(projects: Record<string, number[] | Unusable>) {
  return {
    isKnown: (projectKey: string) => Promise.resolve(projectKey in projects),
    listProjects: () => Promise.resolve(Object.keys(projects)),
    listDays: (projectKey: string) => Promise.resolve(projects[projectKey]!),
    verify: (_: string, day: number) =>
      Promise.resolve({ day, events: 3, result: 'compared' as const, differences: [] }),
  };
}

describe('runVerification', () => {
  it('should refuse a project that nobody knows, which must not look like one without differences', async () => {
    const options = { projectKey: 'WRONG', daysPerProject: 5 };
    const run = runVerification(verificationOf({ p1: [1] }), options, () => undefined);
    await expect(run).rejects.toThrow(UnknownProjectError);
    await expect(run).rejects.toThrow('there is no project WRONG with events or rollups');
  });

  it('should say which projects were not compared, how many, and why', async () => {
    const said: string[] = [];
    const projects = { p1: [1, 2], p2: 'raw', p3: 'building', p4: 'raw', p5: 'dirty', p6: 'unbuilt' } as const;
    const verification = verificationOf({ ...projects, p1: [1, 2] });
    const outcome = await runVerification(verification, { daysPerProject: 5 }, (line) => said.push(line));
    expect(outcome).toMatchObject({ total: 0, unverified: 0 });
    expect(said.slice(1).map((line) => line.replace(/ +/g, ' '))).toEqual([
      'p1 1970-01-02 3 equal',
      'p1 1970-01-03 3 equal',
      'p2 not compared: too wide for rollups; reports read raw events',
      'p3 not compared: the rollups are being built; reports read raw events',
      'p4 not compared: too wide for rollups; reports read raw events',
      'p5 not compared: all days are marked, to be made anew; reports read raw events',
      'p6 not compared: no rollups have been built; reports read raw events',
      '2 projects were not compared: too wide for rollups',
      '1 projects were not compared: the rollups are being built',
      '1 projects were not compared: all days are marked, to be made anew',
      '1 projects were not compared: no rollups have been built',
      '0 differences in 2 days of 1 projects, 6 events',
    ]);
  });
});
