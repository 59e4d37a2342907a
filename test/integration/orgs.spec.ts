import { ForbiddenError, NotFoundError } from '../../src/common/errors/domain.error.js';
import type { Principal } from '../../src/common/auth/principal.js';
import { AccountsService } from '../../src/modules/auth/accounts.service.js';
import type { OrgRole } from '../../src/modules/orgs/org-member.js';
import { anonymous, principal } from '../factories/principal.factory.js';
import { freshName, startActivityApp, type ActivityApp } from '../support/activity-app.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

describe.each(await sqlTestTargets())('organizations on $dialect', (target) => {
  let mongo: TestMongo;
  let sql: SqlTestDatabase;
  let app: ActivityApp;
  let replica: ActivityApp;
  let org: string;

  const options = () => ({ mongoUri: mongo.uri, databaseName: 'orgs', sql });

  beforeAll(async () => {
    [mongo, sql] = await Promise.all([startTestMongo(), target.create()]);
    [app, replica] = [await startActivityApp(options()), await startActivityApp(options())];
  });

  afterAll(async () => {
    await Promise.all([app.close(), replica.close()]);
    await Promise.all([mongo.stop(), sql.drop()]);
  });

  beforeEach(() => (org = freshName('Turbo')));

  /** Somebody with an account. */
  async function join(name: string): Promise<Principal> {
    const email = `${freshName(name)}@example.com`;
    const accounts = app.module.get(AccountsService, { strict: false });
    const user = await accounts.register(undefined, { email, name, password: 'correct horse battery' });
    return principal({ userId: user.id, email });
  }

  const line = (user: string) => `afk_status,status=active,user=${user},org=${org} duration=5 1763369520000000000`;

  /** An owner, a manager and a member, whose user names are their names. */
  async function team(): Promise<Record<OrgRole | 'stranger', Principal>> {
    const [owner, manager, member, stranger] = await Promise.all(['olga', 'max', 'ben', 'eve'].map(join));
    await app.orgs.create(owner!, org);
    await app.orgs.putMember(owner!, org, { email: manager!.email, role: 'manager' });
    await app.orgs.putMember(owner!, org, { email: member!.email, role: 'member' });
    return { owner: owner!, manager: manager!, member: member!, stranger: stranger! };
  }

  it('should belong to whoever writes first', async () => {
    const [ann, bob] = [await join('ann'), await join('bob')];
    await app.write(line('x'), { caller: ann });
    await expect(app.write(line('x'), { caller: bob })).rejects.toMatchObject({ line: 1 });
    await expect(app.orgs.create(bob, org)).rejects.toMatchObject({ code: 'ORG_NAME_TAKEN' });
    expect(await app.orgs.list(ann)).toMatchObject([{ name: org, role: 'owner', members: [{ userName: 'ann' }] }]);
    expect(await app.orgs.list(bob)).toEqual([]);
  });

  it('should have exactly one owner when many write first at once, through two replicas', async () => {
    const people = await Promise.all(Array.from({ length: 8 }, (_, i) => join(`p${i}`)));
    const outcomes = await Promise.allSettled(
      people.map((caller, i) => (i % 2 === 0 ? app : replica).write(line('x'), { caller })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [listed] = await app.orgs
      .list(principal({ role: 'admin' }))
      .then((all) => all.filter(({ name }) => name === org));
    expect(listed!.members).toHaveLength(1);
    expect(listed!.members[0]!.userId).toBe(people[outcomes.findIndex(({ status }) => status === 'fulfilled')]!.userId);
  });

  it('should not be claimed by a line that is refused for another reason', async () => {
    await expect(app.write(`afk_status,org=${org} duration=`, { caller: await join('ann') })).rejects.toMatchObject({
      line: 1,
    });
    await app.write(line('x'), { caller: await join('bob') });
  });

  it('should let owners and managers write any user, and members only themselves', async () => {
    const { owner, manager, member, stranger } = await team();
    for (const caller of [owner, manager]) await app.write([line('ben'), line('anybody')], { caller });
    await app.write(line('ben'), { caller: member });
    await expect(app.write([line('ben'), line('olga'), line('ben')], { caller: member })).rejects.toMatchObject({
      line: 2,
      message: expect.stringContaining(`as a member of ${org} you may only write points with the tag user=ben`),
    });
    await expect(app.write(`cpu,org=${org} usage=1`, { caller: member })).rejects.toMatchObject({ line: 1 });
    await expect(app.write(line('eve'), { caller: stranger })).rejects.toMatchObject({ line: 1 });
    // A key acts for its maker.
    await app.write(line('ben'), { caller: { ...member, kind: 'apiKey', scopes: ['ingest'] } });
  });

  it('should let owners and managers report on everyone, members on themselves, and nobody else', async () => {
    const { owner, manager, member, stranger } = await team();
    const admin = principal({ userId: 'root', role: 'admin' });
    for (const caller of [owner, manager, admin]) await app.orgs.assertMayReport(caller, org, ['ben', 'anybody']);
    await app.orgs.assertMayReport(member, org, ['ben']);
    for (const [caller, users] of [
      [member, ['olga']],
      [member, ['ben', 'olga']],
      [member, ['Ben']],
      [stranger, ['eve']],
      [stranger, []],
    ] as [Principal, string[]][]) {
      await expect(app.orgs.assertMayReport(caller, org, users)).rejects.toBeInstanceOf(NotFoundError);
    }
    // Nobody has claimed it.
    await app.orgs.assertMayReport(admin, `${org}-2`, ['ben']);
    await expect(app.orgs.assertMayReport(owner, `${org}-2`, ['ben'])).rejects.toBeInstanceOf(NotFoundError);
    await expect(app.orgs.assertMayReport(owner, 'a\0b', ['ben'])).rejects.toBeInstanceOf(NotFoundError);
  });

  it('should let everyone report on what nobody claimed with REPORTS_ORG_ACCESS=any, and on nothing else', async () => {
    const open = await startActivityApp({ ...options(), env: { REPORTS_ORG_ACCESS: 'any' } });
    const { stranger } = await team();
    await open.orgs.assertMayReport(stranger, `${org}-2`, ['ben']);
    await expect(open.orgs.assertMayReport(stranger, org, ['ben'])).rejects.toBeInstanceOf(NotFoundError);
    await open.close();
  });

  it('should let callers without an account report on all under AUTH_MODE=open', async () => {
    const open = await startActivityApp({ ...options(), env: { AUTH_MODE: 'open' } });
    await team();
    await open.orgs.assertMayReport(anonymous(), org, ['ben']);
    await open.orgs.assertMayReport(anonymous(), `${org}-2`, ['ben']);
    await open.close();
  });

  it('should be managed by owners, by managers as to plain members, and be invisible to others', async () => {
    const { owner, manager, member, stranger } = await team();
    const newcomer = await join('nina');
    const put = (caller: Principal, who: Principal, role: OrgRole) =>
      app.orgs.putMember(caller, org, { email: who.email.toUpperCase(), role });
    await expect(put(stranger, newcomer, 'member')).rejects.toBeInstanceOf(NotFoundError);
    await expect(put(member, newcomer, 'member')).rejects.toBeInstanceOf(ForbiddenError);
    await expect(put(manager, newcomer, 'manager')).rejects.toBeInstanceOf(ForbiddenError);
    await expect(put(manager, owner, 'member')).rejects.toBeInstanceOf(ForbiddenError);
    expect(await put(manager, newcomer, 'member')).toMatchObject({ role: 'member', userName: 'nina' });
    expect(await put(owner, newcomer, 'manager')).toMatchObject({ role: 'manager', userName: 'nina' });
    await expect(app.orgs.removeMember(manager, org, newcomer.email)).rejects.toBeInstanceOf(ForbiddenError);
    await expect(app.orgs.removeMember(stranger, org, member.email)).rejects.toBeInstanceOf(NotFoundError);
    await app.orgs.removeMember(manager, org, member.email);
    await app.orgs.removeMember(newcomer, org, newcomer.email);
    await expect(app.orgs.removeMember(owner, org, newcomer.email)).rejects.toMatchObject({
      code: 'ORG_MEMBER_NOT_FOUND',
    });
    await expect(app.orgs.putMember(owner, org, { email: 'no@body.zz', role: 'member' })).rejects.toMatchObject({
      code: 'ORG_MEMBER_NOT_FOUND',
    });
    expect((await app.orgs.list(owner))[0]!.members.map(({ userName }) => userName)).toEqual(['olga', 'max']);
    await expect(app.write(line('ben'), { caller: member })).rejects.toMatchObject({ line: 1 });
  });

  it('should show a plain member only themselves', async () => {
    const { member, manager } = await team();
    expect((await app.orgs.list(member))[0]!.members.map(({ userName }) => userName)).toEqual(['ben']);
    expect((await app.orgs.list(manager))[0]!.members.map(({ userName }) => userName)).toEqual(['olga', 'max', 'ben']);
  });

  it('should never be without an owner, and give a user name once', async () => {
    const { owner, manager, member } = await team();
    await expect(app.orgs.removeMember(owner, org, owner.email)).rejects.toMatchObject({ code: 'LAST_OWNER' });
    await expect(app.orgs.putMember(owner, org, { email: owner.email, role: 'member' })).rejects.toMatchObject({
      code: 'LAST_OWNER',
    });
    await expect(
      app.orgs.putMember(owner, org, { email: member.email, role: 'member', userName: 'max' }),
    ).rejects.toMatchObject({ code: 'USER_NAME_TAKEN' });
    await app.orgs.putMember(owner, org, { email: manager.email, role: 'owner' });
    // Both at once: one stays.
    const leaving = await Promise.allSettled([
      app.orgs.removeMember(owner, org, owner.email),
      replica.orgs.removeMember(manager, org, manager.email),
    ]);
    expect(leaving.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('should let a token minted elsewhere own what it writes first', async () => {
    const elsewhere = principal({ userId: freshName('elsewhere'), email: 'pm@example.com' });
    await app.write(line('x'), { caller: elsewhere });
    expect((await app.orgs.list(elsewhere))[0]!.members).toMatchObject([
      { email: null, role: 'owner', userName: 'pm' },
    ]);
  });

  it('should be gone when its only owner leaves for good, and free to be claimed once it is erased', async () => {
    const { owner, manager, member } = await team();
    await app.write(line('ben'), { caller: owner });
    const shared = `${org}-shared`;
    await app.orgs.create(owner, shared);
    await app.orgs.putMember(owner, shared, { email: manager.email, role: 'owner' });
    expect(await app.orgs.leaveAll(owner.userId)).toMatchObject([{ name: org }]);
    expect(await app.orgs.leaveAll(owner.userId)).toMatchObject([{ name: org }]);
    expect(await app.orgs.list(member)).toEqual([]);
    await expect(app.orgs.assertMayReport(manager, org, ['ben'])).rejects.toBeInstanceOf(NotFoundError);
    await expect(app.write(line('ben'), { caller: manager })).rejects.toMatchObject({ code: 'ORG_IS_ERASING' });
    expect((await app.orgs.list(manager)).map(({ name }) => name)).toEqual([shared]);
    const id = (await app.orgs.leaveAll(owner.userId))[0]!.id;
    await app.orgs.deleteErased(id);
    await app.write(line('ben'), { caller: member });
    expect((await app.orgs.list(member)).map(({ name, role }) => [name, role])).toEqual([[org, 'owner']]);
    expect(await app.orgs.findId(org)).not.toBe(id);
  });
});
