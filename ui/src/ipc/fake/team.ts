import type { MemberStatus } from '../bindings/MemberStatus';
import type { TeamObstacle } from '../bindings/TeamObstacle';
import type { TeamRefusedReason } from '../bindings/TeamRefusedReason';
import type { TeamResult } from '../bindings/TeamResult';
import type { TeamRow } from '../bindings/TeamRow';
import type { Host } from '../host';
import type { Answer, Fail } from './answering';
import { Chance } from './chance';
import { firstNames, lastNames, veryLongName } from './names';
import { inOrder } from './order';

/** Somebody of the made-up provider's team. */
export interface FakeTeamMember {
  id: string;
  userId: string | null;
  name: string | null;
  email: string;
  admin: boolean;
  status: MemberStatus;
}

/** A team of `count`: the person of the account first, then admins and service users in every state. */
export function fakeTeam(count: number, longNames: boolean, own: { userId: string; name: string; email: string }): FakeTeamMember[] {
  const chance = new Chance(5);
  return Array.from({ length: count }, (_, index) => {
    if (index === 0) return { id: chance.uuid(), userId: own.userId, name: own.name, email: own.email, admin: true, status: 'confirmed' as const };
    const status: MemberStatus = index % 9 === 4 ? 'invited' : index % 9 === 6 ? 'needsConfirmation' : 'confirmed';
    const name = longNames && index % 4 === 1 ? `${veryLongName} ${index}` : `${chance.one(firstNames)} ${chance.one(lastNames)}`;
    const mailbox = name.slice(0, longNames ? 60 : 24).toLowerCase().normalize('NFD').replace(/[^a-z]+/g, '.');
    return {
      id: chance.uuid(),
      userId: status === 'invited' ? null : chance.uuid(),
      name: status === 'invited' ? null : name,
      email: `${mailbox}${index > 20 ? index : ''}@brightwater.example`,
      admin: index % 7 === 1,
      status,
    };
  });
}


/** The commands around a made-up team. `changed`: the page asks again. */
export function fakeTeamCommands(
  answer: Answer,
  fail: Fail,
  team: FakeTeamMember[],
  own: string,
  offline: boolean,
  changed: () => void,
): Pick<Host, 'teamPage' | 'refreshTeam' | 'teamMember' | 'teamRemoval' | 'readEmails' | 'inviteTeam' | 'reinviteTeam' | 'teamFingerprints' | 'confirmTeam' | 'setTeamRole' | 'removeTeam'> {
  const chance = new Chance(99);
  let readAt = new Date(Date.now() - 12 * 60_000).toISOString();
  const isAdmin = (one: FakeTeamMember) => one.admin && one.status === 'confirmed';
  const find = (id: string) => team.find((one) => one.id === id);
  const stays = (gone: (one: FakeTeamMember) => boolean) => team.some((one) => isAdmin(one) && !gone(one));

  const removal = (members: string[]): TeamObstacle | null => {
    const goes = (one: FakeTeamMember) => members.includes(one.id);
    if (team.some((one) => goes(one) && one.userId === own)) return 'yourself';
    return team.some((one) => goes(one) && isAdmin(one)) && !stays(goes) ? 'lastAdmin' : null;
  };
  const row = (one: FakeTeamMember): TeamRow => ({
    id: one.id,
    userId: one.userId,
    name: one.name,
    email: one.email,
    role: one.admin ? 'providerAdmin' : 'serviceUser',
    status: one.status,
    own: one.userId === own,
    notRemovable: removal([one.id]),
    notDemotable: isAdmin(one) && !stays(({ id }) => id === one.id) ? 'lastAdmin' : null,
  });
  const ask = <Value>(make: () => Value) => answer(() => (offline ? fail('offline') : make()));
  const change = <Value>(make: () => Value) =>
    ask(() => {
      const value = make();
      changed();
      return value;
    });
  const each = (members: string[], act: (one: FakeTeamMember) => TeamRefusedReason | null): TeamResult[] =>
    members.map((member) => {
      const one = find(member);
      const reason = one ? act(one) : 'notThere';
      return { member, refusal: reason && { reason, said: null } };
    });

  return {
    teamPage: (query) =>
      answer(() => {
        const name = ({ name, email }: FakeTeamMember) => (name ?? email).toLowerCase();
        const matching = team
          .filter(({ status }) => query.filter === 'all' || status === query.filter)
          .filter(({ admin }) => query.role === null || admin === (query.role === 'providerAdmin'))
          .filter((one) => `${name(one)} ${one.email}`.includes(query.search.toLowerCase()))
          .sort((one, other) => (query.sort === 'role' ? Number(other.admin) - Number(one.admin) : 0) || inOrder(one.email, other.email));
        if (query.descending) matching.reverse();
        const of = (status: MemberStatus) => team.filter((one) => one.status === status).length;
        return {
          total: matching.length,
          rows: matching.slice(query.offset, query.offset + query.limit).map(row),
          counts: { all: team.length, invited: of('invited'), needsConfirmation: of('needsConfirmation') },
          ids: matching.map(({ id }) => id),
          readAt,
        };
      }),
    refreshTeam: (_provider, ifOld) =>
      ask(() => {
        if (ifOld && Date.now() - Date.parse(readAt) < 60_000) return;
        readAt = new Date().toISOString();
        // Somebody who was invited has accepted meanwhile.
        const invited = team.find(({ status }) => status === 'invited');
        if (ifOld || !invited) return;
        Object.assign(invited, { userId: chance.uuid(), name: 'Nora Quick', status: 'needsConfirmation' });
        changed();
      }),
    teamMember: (_provider, id) => answer(() => row(find(id) ?? fail('notFound'))),
    teamRemoval: (_provider, members) => answer(() => removal(members)),
    readEmails: (text) =>
      answer(() => {
        const words = [...new Set(text.toLowerCase().split(/[\s,;]+/).filter(Boolean))];
        const invalid = words.filter((word) => !/^\S+@\S+\.\S+$/.test(word));
        return { emails: words.filter((word) => !invalid.includes(word)), invalid, most: 20 };
      }),
    inviteTeam: (_provider, emails, role) =>
      change(() =>
        emails.map((email) => {
          const already = team.some((one) => one.email === email);
          if (!already) team.push({ id: chance.uuid(), userId: null, name: null, email, admin: role === 'providerAdmin', status: 'invited' });
          return { email, already };
        }),
      ),
    reinviteTeam: (_provider, members) => change(() => each(members, ({ status }) => (status === 'invited' ? null : 'server'))),
    teamFingerprints: (_provider, members) =>
      ask(() =>
        members
          .filter((id) => find(id)?.status === 'needsConfirmation')
          // The fourth of several has no keys, so that somebody without a phrase can be seen.
          .filter((_, index) => index !== 3)
          .map((member) => ({ member, phrase: chance.some(['ledger', 'harbor', 'twine', 'opal', 'crisp', 'mossy', 'lantern', 'quay', 'unwoven'], 5).join('-') })),
      ),
    confirmTeam: (_provider, shown) =>
      change(() =>
        each(shown.map(({ member }) => member), (one) => {
          // The third of several lost its key meanwhile, so that a result that failed can be seen.
          if (shown.length > 2 && shown[2]!.member === one.id) return 'keyChanged';
          one.status = 'confirmed';
          return null;
        }),
      ),
    setTeamRole: (_provider, id, role) => change(() => void ((find(id) ?? fail('notFound')).admin = role === 'providerAdmin')),
    removeTeam: (_provider, members) =>
      change(() => {
        if (removal(members) === 'lastAdmin') fail('refused', 'Provider must have at least one confirmed ProviderAdmin.');
        return each(members, (one) => {
          if (one.userId === own) return 'server';
          team.splice(team.indexOf(one), 1);
          return null;
        });
      }),
  };
}
