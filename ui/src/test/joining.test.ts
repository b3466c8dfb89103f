// Invitations: pasted, handed over by the system, accepted, and setting a provider up.
import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';

import { HostError, type Host } from '$/ipc/host';

import { expectAccessible, find, openApp, openComputerSettings } from './stage';

const link = (route: string, email: string, token = 'abc') =>
  `https://vault.harbour.example/#/providers/${route}?email=${encodeURIComponent(email)}&providerName=Harbour%20Lane&token=${token}`;
const maya = 'maya.okafor@brightwater.example';

async function paste(user: ReturnType<typeof openApp>['user'], text: string) {
  await user.click(screen.getByTestId('account-menu'));
  await user.click(await find('use-invitation'));
  // Enter sends it.
  await user.type(await find('invitation-link'), `${text}{Enter}`);
}

describe('an invitation', () => {
  test('shows server, provider and address before anything is asked, and offers both ways in', async () => {
    const asked = vi.fn();
    const { user } = openApp({ start: 'signedOut' }, () => ({ acceptInvitation: asked, registerInvited: asked, signIn: asked }));
    await user.click(await find('signin-invitation'));
    await user.type(await find('invitation-link'), 'https://vault.harbour.example/#/settings');
    await user.click(screen.getByTestId('invitation-read'));
    const field = screen.getByTestId('invitation-link');
    const described = () => document.getElementById(field.getAttribute('aria-describedby')!);
    await waitFor(() => expect(described()?.textContent).toContain('This link neither invites, nor creates an account, nor deletes a provider'));
    expect(described()?.closest('[aria-live]')).not.toBeNull();
    expect(document.activeElement).toBe(field);
    await user.type(field, 'x');
    expect(field.getAttribute('aria-invalid')).toBeNull();
    // The hint is back, and nobody hears it at every mistake.
    expect(described()?.textContent).toContain('It only fills a form.');
    expect(described()?.closest('[aria-live]')).toBeNull();
    await user.clear(field);
    await user.type(screen.getByTestId('invitation-link'), link('accept-provider', 'ines@x.example'));
    await user.click(screen.getByTestId('invitation-read'));
    const facts = await find('invitation-facts');
    expect(facts.textContent).toMatch(/vault\.harbour\.example.*Harbour Lane.*ines@x\.example/);
    expect(screen.getByTestId('invitation-dialog').textContent).not.toContain('abc');
    await expectAccessible();
    expect(asked).not.toHaveBeenCalled();
    await user.click(screen.getByTestId('invitation-sign-in'));
    await waitFor(() => expect(screen.getByTestId('signin-password')).toBeTruthy());
    expect(document.body.textContent).toContain('ines@x.example');
  });

  test.each([
    ['en', 'Portico does not understand the link that was opened.'],
    ['fr', 'Portico ne comprend pas le lien qui a été ouvert.'],
  ] as const)('that is none is told at the start, and the right one can be pasted: %s', async (language, sentence) => {
    const { user } = openApp({ start: 'signedOut', settings: { language }, link: 'portico://HTTPLINK' });
    expect((await find('invitation-not-understood')).textContent).toContain(sentence);
    await expectAccessible();
    await user.type(screen.getByTestId('invitation-link'), link('accept-provider', 'ines@x.example'));
    await user.click(screen.getByTestId('invitation-read'));
    await find('invitation-facts');
    expect(screen.queryByTestId('invitation-not-understood')).toBeNull();
  });

  test('that is none is told in the open window, and the one that waits is not lost', async () => {
    let heard = () => {};
    const dropInvitation = vi.fn(() => Promise.resolve());
    let understood = true;
    const { user } = openApp({ start: 'unlocked', link: link('accept-provider', 'ines@x.example') }, ({ invitation }) => ({
      dropInvitation,
      onInvitation: (tell) => {
        heard = tell;
        return () => {};
      },
      invitation: () => (understood ? invitation() : Promise.reject(new HostError({ code: 'invalidLink', detail: null }))),
    }));
    await find('invitation-facts');
    understood = false;
    heard();
    await find('invitation-not-understood');
    expect(screen.queryByTestId('invitation-facts')).toBeNull();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('invitation-dialog')).toBeNull());
    expect(dropInvitation).not.toHaveBeenCalled();
    understood = true;
    heard();
    await find('invitation-facts');
    expect(screen.queryByTestId('invitation-not-understood')).toBeNull();
  });

  test('makes a new account, whose password is typed twice and is long enough', async () => {
    const registerInvited = vi.fn(() => Promise.resolve('done' as const));
    const { user } = openApp({ start: 'signedOut', link: link('accept-provider', 'ines@x.example') }, () => ({ registerInvited }));
    await user.click(await find('invitation-register'));
    await user.type(await find('register-password'), 'short');
    await user.click(screen.getByTestId('register-go'));
    const said = () => screen.getByTestId('invitation-dialog').textContent;
    expect(said()).toContain('A master password has at least 12 characters.');
    // What another field holds does not mend it.
    await user.type(screen.getByTestId('register-hint'), 'x');
    await user.type(screen.getByTestId('register-again'), 'x');
    expect(said()).toContain('A master password has at least 12 characters.');
    await user.clear(screen.getByTestId('register-hint'));
    await user.clear(screen.getByTestId('register-again'));
    await user.clear(screen.getByTestId('register-password'));
    await user.type(screen.getByTestId('register-password'), 'a long enough one');
    await user.type(screen.getByTestId('register-again'), 'a long enough two');
    await user.click(screen.getByTestId('register-go'));
    expect(screen.getByTestId('invitation-dialog').textContent).toContain('The two entries differ');
    await expectAccessible();
    await user.type(screen.getByTestId('register-hint'), 'x');
    expect(said()).toContain('The two entries differ');
    await user.clear(screen.getByTestId('register-hint'));
    await user.clear(screen.getByTestId('register-again'));
    expect(screen.getByTestId('invitation-dialog').textContent).not.toContain('The two entries differ');
    await user.type(screen.getByTestId('register-again'), 'a long enough one');
    await user.click(screen.getByTestId('register-go'));
    await waitFor(() => expect(registerInvited).toHaveBeenCalledExactlyOnceWith({ password: 'a long enough one', hint: null, withAuthority: false }));
  });

  test('may be at a server whose certificate authority the person chooses', async () => {
    const registerInvited = vi.fn(() => Promise.resolve('done' as const));
    const { user } = openApp({ start: 'signedOut', link: link('accept-provider', 'ines@x.example') }, () => ({ registerInvited }));
    await user.click(await find('invitation-register'));
    await user.click(await find('choose-authority'));
    expect((await find('register-authority')).textContent).toBe('brightwater-root-ca.pem');
    await expectAccessible();
    await user.type(screen.getByTestId('register-password'), 'a long enough one');
    await user.type(screen.getByTestId('register-again'), 'a long enough one');
    await user.click(screen.getByTestId('register-go'));
    await waitFor(() => expect(registerInvited).toHaveBeenCalledExactlyOnceWith({ password: 'a long enough one', hint: null, withAuthority: true }));
  });

  test('brings no certificate authority from a lock screen, and none to the vendor’s servers', async () => {
    const locked = openApp({ start: 'locked', link: link('accept-provider', 'ines@x.example') });
    await locked.user.click(await find('invitation-register'));
    expect((await find('choose-authority')).getAttribute('aria-disabled')).toBe('true');
    cleanup();
    const cloud = openApp({ start: 'signedOut', link: link('accept-provider', 'ines@x.example').replace('vault.harbour.example', 'vault.bitwarden.com') });
    await cloud.user.click(await find('invitation-register'));
    await find('register-password');
    expect(screen.queryByTestId('choose-authority')).toBeNull();
  });

  test('is accepted by the account on the page', async () => {
    const { user } = openApp({ link: link('accept-provider', maya) });
    await user.click(await find('invitation-accept'));
    await waitFor(() => expect(screen.getByTestId('invitation-dialog').textContent).toContain('You have joined Harbour Lane'));
    // What the admin compares: in the dialog now, and in the settings whenever it is asked for.
    const phrase = (await find('own-fingerprint')).textContent;
    expect(phrase).toMatch(/^(\w+-){4}\w+$/);
    await expectAccessible();
    await user.click(screen.getByTestId('invitation-close'));
    await waitFor(() => expect(screen.queryByTestId('invitation-dialog')).toBeNull());
    await openComputerSettings(user);
    expect((await find('own-fingerprint')).textContent).toBe(phrase);
    // The next link finds a dialog that is not about the last one.
    await paste(user, link('accept-provider', maya, 'def').replace('Harbour%20Lane', 'Fjord%20IT'));
    await user.click(await find('invitation-accept'));
    await waitFor(() => expect(screen.getByTestId('invitation-dialog').textContent).toContain('You have joined Fjord IT'));
  });

  test('says that nothing was sent only while that is so', async () => {
    const { user } = openApp({ start: 'signedOut', link: link('accept-provider', 'ines@x.example') });
    await find('invitation-facts');
    const says = () => screen.getByTestId('invitation-dialog').textContent?.includes('Nothing has been sent') ?? false;
    expect(says()).toBe(true);
    await user.click(screen.getByTestId('invitation-discard'));
    cleanup();
    // An account at that server is here, of whomever, so the server was asked before.
    openApp({ start: 'locked', link: link('accept-provider', 'ines@x.example').replace('vault.harbour.example', 'bitwarden.eu') });
    await find('invitation-facts');
    expect(says()).toBe(false);
    await user.click(screen.getByTestId('invitation-discard'));
    cleanup();
    const known = openApp({ link: link('accept-provider', maya, 'old') });
    await find('invitation-facts');
    expect(says()).toBe(false);
    await known.user.click(await find('invitation-accept'));
    await find('invitation-failure');
    expect(says()).toBe(false);
  });

  test('of a new account shows the phrase once its first sync has brought the keys', async () => {
    let phrase: string | null = null;
    const { user, host } = openApp({ link: link('accept-provider', maya) }, () => ({ ownFingerprint: () => Promise.resolve(phrase) }));
    await user.click(await find('invitation-accept'));
    await waitFor(() => expect(screen.getByTestId('invitation-dialog').textContent).toContain('after the first sync of this account'));
    phrase = 'one-two-three-four-five';
    // Whatever was read moves the picture.
    await host.reinviteTeam('', []);
    expect((await find('own-fingerprint')).textContent).toBe(phrase);
  });

  test('that is too old says what the server said, and what to do', async () => {
    const { user } = openApp({ link: link('accept-provider', maya, 'old') });
    await user.click(await find('invitation-accept'));
    expect((await find('invitation-failure')).textContent).toContain('This link is too old, or for another address. Ask for a new invitation.');
  });

  test.each([
    ['User invalid.', 'This invitation was withdrawn. Ask for a new one.'],
    ['Something nobody foresaw.', 'The server refused the invitation: “Something nobody foresaw.” Ask for a new invitation.'],
  ])('that the server refuses with “%s” says why', async (detail, told) => {
    const { user } = openApp({ link: link('accept-provider', maya) }, () => ({ acceptInvitation: () => Promise.reject(new HostError({ code: 'refused', detail })) }));
    await user.click(await find('invitation-accept'));
    expect((await find('invitation-failure')).textContent).toContain(told);
  });

  test('waits for the account that it is for', async () => {
    const { user } = openApp({ start: 'locked', link: link('accept-provider', maya) });
    await user.click(await find('invitation-unlock'));
    await waitFor(() => expect(screen.queryByTestId('invitation-dialog')).toBeNull());
    await user.type(await find('unlock-password'), 'portico');
    await user.keyboard('{Enter}');
    expect(await find('invitation-accept')).toBeTruthy();
  });
});

describe('a link that deletes a provider', () => {
  const mailed = (token = 'abc') => `https://vault.harbour.example/#/verify-recover-delete-provider?providerId=1&token=${token}&name=Harbour%20Lane`;

  test('shows server and provider, says what goes and what stays, and asks', async () => {
    const deleteLinkedProvider = vi.fn(() => Promise.resolve());
    const { user } = openApp({ start: 'signedOut', link: mailed() }, () => ({ deleteLinkedProvider }));
    const facts = await find('invitation-facts');
    expect(facts.textContent).toMatch(/vault\.harbour\.example.*Harbour Lane/);
    expect(facts.textContent).not.toContain('Invited');
    const dialog = screen.getByTestId('invitation-dialog');
    expect(dialog.textContent).toContain('Nothing has been sent to this server yet.');
    expect(screen.getByTestId('invitation-delete-text').textContent).toContain('Its client organizations stay');
    expect(dialog.textContent).not.toContain('abc');
    await expectAccessible();
    // The link may come while something is typed: the keyboard is where nothing is deleted, and a click does nothing before one is sure.
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('invitation-discard')));
    await user.click(screen.getByTestId('invitation-delete'));
    expect(deleteLinkedProvider).not.toHaveBeenCalled();
    await user.click(screen.getByTestId('invitation-delete-sure'));
    await user.click(screen.getByTestId('invitation-delete'));
    await waitFor(() => expect(dialog.textContent).toContain('There is no provider Harbour Lane at vault.harbour.example any more.'));
    expect(deleteLinkedProvider).toHaveBeenCalledOnce();
    await expectAccessible();
    await user.click(screen.getByTestId('invitation-close'));
    await waitFor(() => expect(screen.queryByTestId('invitation-dialog')).toBeNull());
  });

  test('can be given up, in French too, and one that is too old says so', async () => {
    const given = openApp({ link: mailed(), settings: { language: 'fr' } });
    await find('invitation-delete');
    expect(screen.getByTestId('invitation-dialog').textContent).toContain('Supprimer ce fournisseur');
    await given.user.click(screen.getByTestId('invitation-discard'));
    await waitFor(() => expect(screen.queryByTestId('invitation-dialog')).toBeNull());
    expect(await given.host.invitation()).toBeNull();
    cleanup();
    const { user } = openApp({ link: mailed('old') });
    await user.click(await find('invitation-delete-sure'));
    await user.click(screen.getByTestId('invitation-delete'));
    expect((await find('invitation-failure')).textContent).toContain('This link was used, or is too old: it works for an hour.');
  });
});

describe('provider setup', () => {
  test('two steps, and the payment said plainly', async () => {
    const setUpProvider = vi.fn(() => Promise.resolve('b7a1c2d3-0000-4000-a000-00000000000a'));
    const { user } = openApp({ link: link('setup-provider', maya) }, () => ({ setUpProvider }));
    await user.click(await find('invitation-set-up'));
    await user.click(await find('set-up-next'));
    await waitFor(() => expect(document.body.textContent).toContain('Give the provider a name.'));
    expect(document.activeElement).toBe(screen.getByTestId('set-up-name'));
    await expectAccessible();
    await user.type(screen.getByTestId('set-up-name'), 'Harbour Lane');
    await user.click(screen.getByTestId('set-up-next'));
    expect((await find('set-up-payment')).textContent).toContain('made-up payment token');
    await user.selectOptions(screen.getByTestId('set-up-country'), 'GL');
    expect(screen.queryByTestId('set-up-tax-id')).toBeNull();
    await user.selectOptions(screen.getByTestId('set-up-country'), 'DE');
    await user.selectOptions(await find('set-up-tax-kind'), 'de_stn');
    // The kinds are those of the country.
    await user.selectOptions(screen.getByTestId('set-up-country'), 'FR');
    expect((screen.getByTestId('set-up-tax-kind') as HTMLSelectElement).value).toBe('eu_vat');
    await user.type(screen.getByTestId('set-up-tax-id'), ' FR40303265045 ');
    await user.type(screen.getByTestId('set-up-postal'), '75001');
    await expectAccessible();
    await user.click(screen.getByTestId('set-up-go'));
    await waitFor(() =>
      expect(setUpProvider).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({ name: 'Harbour Lane', billingEmail: maya, country: 'FR', postalCode: '75001', businessName: null, taxId: { code: 'eu_vat', value: 'FR40303265045' } }),
      ),
    );
    await within(document.body).findByText('Harbour Lane is set up.');
  });

  test('begins for a person in no provider, and leads into the portal of the new one', async () => {
    const { user } = openApp({ withoutProvider: true });
    await find('nav-vaults');
    await paste(user, link('setup-provider', maya));
    await user.click(await find('invitation-set-up'));
    await user.type(await find('set-up-name'), 'Fjord IT');
    await user.click(screen.getByTestId('set-up-next'));
    await user.selectOptions(await find('set-up-country'), 'FR');
    await user.type(screen.getByTestId('set-up-postal'), '75001');
    await user.click(screen.getByTestId('set-up-go'));
    await find('clients-empty');
    expect(document.querySelector('.nav-name')?.textContent).toBe('Fjord IT');
  });

  test('stands in no other provider’s portal', async () => {
    const { user } = openApp({ link: link('setup-provider', maya) });
    await user.click(await find('invitation-set-up'));
    await find('set-up-name');
    expect(document.querySelector('.nav-name')?.textContent).toBe('Portico');
    expect(screen.queryByTestId('nav-clients')).toBeNull();
    await user.type(screen.getByTestId('set-up-name'), 'Fjord IT');
    await user.click(screen.getByTestId('set-up-next'));
    await user.selectOptions(await find('set-up-country'), 'FR');
    await user.type(screen.getByTestId('set-up-postal'), '75001');
    await user.click(screen.getByTestId('set-up-go'));
    await waitFor(() => expect(screen.getByTestId('provider-choice').textContent).toContain('Fjord IT'));
    await find('clients-empty');
  });

  test('registers its owner, after the server’s own mail where it wants one', async () => {
    const registerInvited = vi.fn<Host['registerInvited']>().mockResolvedValueOnce('mailed');
    const { user } = openApp({ start: 'signedOut', link: link('setup-provider', 'ines@x.example') }, () => ({ registerInvited }));
    await user.click(await find('invitation-register'));
    await user.type(await find('register-password'), 'a long enough one');
    await user.type(screen.getByTestId('register-again'), 'a long enough one');
    await user.click(screen.getByTestId('register-go'));
    expect((await find('register-mailed')).textContent).toContain('vault.harbour.example has emailed a link to ines@x.example');
    await expectAccessible();
    await user.click(screen.getByTestId('register-sign-in'));
    await waitFor(() => expect(screen.getByTestId('signin-password')).toBeTruthy());
  });

  test('goes on with the link that the server mailed', async () => {
    const registerInvited = vi.fn<Host['registerInvited']>().mockResolvedValueOnce('mailed').mockRejectedValueOnce(new HostError({ code: 'refused', detail: 'Invalid email verification token.' }));
    const { user } = openApp({ start: 'signedOut', link: link('setup-provider', 'ines@x.example') }, () => ({ registerInvited }));
    const register = async () => {
      await user.click(await find('invitation-register'));
      await user.type(await find('register-password'), 'a long enough one');
      await user.type(screen.getByTestId('register-again'), 'a long enough one');
      await user.click(screen.getByTestId('register-go'));
    };
    await register();
    await user.click(await find('register-paste'));
    await user.type(await find('invitation-link'), 'https://vault.harbour.example/#/finish-signup?token=abc&email=ines%40x.example&fromEmail=true');
    await user.click(screen.getByTestId('invitation-read'));
    expect((await find('invitation-sign-up-text')).textContent).toContain('ines@x.example was checked by the server');
    expect(screen.queryByTestId('invitation-sign-in')).toBeNull();
    await expectAccessible();
    await register();
    expect((await find('register-failure')).textContent).toContain('the server then emails another');
  });

  test('has nothing to do with a link for an account that is here', async () => {
    openApp({ link: `https://vault.harbour.example/#/finish-signup?token=abc&email=${encodeURIComponent(maya)}` });
    expect((await find('invitation-sign-up-text')).textContent).toContain('is on this computer already');
    expect(screen.queryByTestId('invitation-register')).toBeNull();
  });

  test('of the cloud is left to its web vault, which takes the payment', async () => {
    openApp({ link: link('setup-provider', maya).replace('vault.harbour.example', 'vault.bitwarden.com') });
    await waitFor(() => expect(screen.getByTestId('invitation-dialog').textContent).toContain('takes a payment method during setup'));
    expect(screen.queryByTestId('invitation-set-up')).toBeNull();
  });
});

describe('the outbox', () => {
  test('shows what the demo would have sent, and no token', async () => {
    const { user } = openApp({ start: 'signedOut' });
    await user.click(await find('demo-explore'));
    await user.click(await find('product-provider'));
    await user.click(await find('nav-outbox'));
    const page = await screen.findAllByTestId('outbox-mail');
    expect(page[0]?.textContent).toContain('@');
    expect(page.map((mail) => mail.textContent).join()).not.toContain('token=');
    await expectAccessible();
  });

  test('is nowhere else', async () => {
    openApp();
    await find('nav-members');
    expect(screen.queryByTestId('nav-outbox')).toBeNull();
  });
});
