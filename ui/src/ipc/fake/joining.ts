import type { InvitationShown } from '../bindings/InvitationShown';
import type { OutboxMail } from '../bindings/OutboxMail';
import type { Host } from '../host';
import type { Answer, Fail } from './answering';

type Joining = Pick<
  Host,
  'invitation' | 'onInvitation' | 'readInvitation' | 'dropInvitation' | 'acceptInvitation' | 'registerInvited' | 'providerToSetUp' | 'setUpProvider' | 'deleteLinkedProvider' | 'outbox' | 'copyMailLink'
>;

/** Links that the made-up host knows: any that holds one of these routes. */
const routes: Record<string, InvitationShown['kind']> = {
  'finish-signup': 'finishSignUp',
  'accept-provider': 'joinProvider',
  'setup-provider': 'setUpProvider',
  'accept-organization': 'joinOrganization',
  'verify-recover-delete-provider': 'deleteProvider',
};

interface Needs {
  answer: Answer;
  fail: Fail;
  /** An invitation that the system handed over at the start. */
  link: string | null;
  /** E-mail of the account on the page. */
  onPage: () => string | null;
  /** The account with this e-mail, if it is here. */
  account: (email: string) => InvitationShown['account'];
  register: () => void;
  /** A provider of the person's more, with this name. Its id. */
  setUp: (name: string) => string;
}

/** Joining and setting up a provider; the demo's outbox. */
export function fakeJoining({ answer, fail, link, onPage, account, register, setUp }: Needs): Joining {
  let at = link;

  function shown(): InvitationShown | null {
    if (at === null) return null;
    const kind = Object.entries(routes).find(([route]) => at!.includes(route))?.[1];
    if (!kind) return fail('invalidLink');
    const query = new URLSearchParams(at.split('?')[1] ?? '');
    const email = kind === 'deleteProvider' ? null : (query.get('email') ?? 'maya.okafor@brightwater.example');
    const host = at.split('#')[0]!.replace(/^https?:\/\//, '').replace(/\/$/, '');
    return {
      kind,
      host,
      address: at.split('#')[0]!,
      name: kind === 'setUpProvider' || kind === 'finishSignUp' ? null : (query.get('name') ?? query.get('providerName') ?? query.get('organizationName') ?? 'Harbour Lane MSP'),
      email,
      account: email === null ? null : account(email),
      ready: email === null || onPage() === email,
      cloud: host.endsWith('bitwarden.com') || host.endsWith('bitwarden.eu'),
    };
  }

  return {
    invitation: () => answer(shown),
    onInvitation: () => () => {},
    readInvitation: (text) =>
      answer(() => {
        const before = at;
        at = text.trim();
        try {
          return shown();
        } catch (cause) {
          at = before;
          throw cause;
        }
      }),
    dropInvitation: () => answer(() => void (at = null)),
    acceptInvitation: () =>
      answer(() => {
        if (at?.includes('token=old')) fail('refused', 'Invalid token.');
        const before = at?.includes('token=before') === true;
        at = null;
        return before;
      }),
    registerInvited: () =>
      answer(() => {
        register();
        return 'done' as const;
      }),
    providerToSetUp: () => answer(() => ({ setUpAs: at?.includes('token=before') ? 'Harbour Lane MSP' : null, billingEmail: null })),
    setUpProvider: ({ name }) =>
      answer(() => {
        at = null;
        return setUp(name);
      }),
    deleteLinkedProvider: () =>
      answer(() => {
        if (at?.includes('token=old')) fail('refused', 'Invalid token.');
        at = null;
      }),
    outbox: () => answer(() => mails),
    copyMailLink: () => answer(() => {}),
  };
}

const mails: OutboxMail[] = [
  {
    id: 3,
    date: new Date(Date.now() - 90_000).toISOString(),
    to: 'ines.carvalho@brightwater.example',
    subject: 'Join Brightwater IT',
    body: 'You have been invited to the provider Brightwater IT.\n\nOpen this link within five days:\n…',
    code: null,
    hasLink: true,
  },
  {
    id: 2,
    date: new Date(Date.now() - 3_600_000).toISOString(),
    to: 'maya.okafor@brightwater.example',
    subject: 'Your verification code',
    body: 'The code for a sign-in from a new device is below. It is good for fifteen minutes.',
    code: '482913',
    hasLink: false,
  },
];
