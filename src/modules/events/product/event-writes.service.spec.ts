import { UnavailableError } from '../../../common/errors/domain.error.js';
import type { PreparedPart } from './encoding/batch-preparation.js';
import { EventWritesService } from './event-writes.service.js';
import type { IdentityLinksService } from './links/identity-links.service.js';
import type { ProjectLinks } from './links/known-links.js';
import type { ProductEventsRepository } from './product-events.repository.js';
import { IngestEpoch } from './segments/ingest-epoch.js';
import type { IngestEpochsService } from './segments/ingest-epochs.service.js';

const SECOND = 1000;

/** @param epochAge of the epoch when events come back from the store, in milliseconds. */
function writesWith({ epochAge = 0 } = {}) {
  const inserted: Uint8Array[] = [];
  const epoch = new IngestEpoch(0, performance.now() - epochAge);
  const epochs: Pick<IngestEpochsService, 'enter'> = {
    enter: async () => {
      epoch.enter(performance.now());
      return epoch;
    },
  };
  const events: Pick<ProductEventsRepository, 'insert'> = {
    insert: async (documents) => {
      inserted.push(...documents);
      return new Map();
    },
  };
  const writes = new EventWritesService(
    events as ProductEventsRepository,
    {} as IdentityLinksService,
    epochs as IngestEpochsService,
  );
  return { writes, epoch, inserted };
}

/** One event of a request that came so many milliseconds ago. */
function writeOf(projectKey: string, age = 0) {
  const ids = { anonymousId: undefined, userId: 'u' };
  const event = { index: 0, start: 0, eventName: 'a', time: 0, ...ids, linkPending: false };
  const part: PreparedPart = { documents: Buffer.alloc(100), events: [event] };
  const links = {} as ProjectLinks;
  return { projectKey, receivedAt: Date.now(), arrivedAt: performance.now() - age, part, links };
}

describe('writing events', () => {
  it('should refuse those that were received long ago, and write the others', async () => {
    const { writes, epoch, inserted } = writesWith();
    const old = writes.write(writeOf('old', 7 * SECOND));
    const young = writeOf('young', 4 * SECOND);
    await expect(writes.write(young)).resolves.toEqual({ inserted: 1, duplicates: 0, refused: [] });
    await expect(old).rejects.toBeInstanceOf(UnavailableError);
    expect(inserted).toEqual([young.part.documents]);
    await epoch.whenIdle();
    expect(epoch.listProjects()).toEqual(['young']);
  });

  it('should leave the epoch when all of them were received long ago', async () => {
    const { writes, epoch, inserted } = writesWith();
    await expect(writes.write(writeOf('old', 7 * SECOND))).rejects.toBeInstanceOf(UnavailableError);
    await epoch.whenIdle();
    expect([inserted, epoch.listProjects()]).toEqual([[], []]);
  });

  it('should not acknowledge what came into an epoch that others may take for dead, but have it read anew', async () => {
    const { writes, epoch, inserted } = writesWith({ epochAge: 31 * SECOND });
    await expect(writes.write(writeOf('p'))).rejects.toBeInstanceOf(UnavailableError);
    await epoch.whenIdle();
    expect(inserted).toHaveLength(1);
    expect(epoch.find('p')).toMatchObject({ columns: null });
  });
});
