import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

import type { AtStart } from './bindings/AtStart';
import { HostError, type Host, type Unsubscribe } from './host';

declare global {
  interface Window {
    /** Set by the shell (`src-tauri/window.rs`) before the page runs. */
    readonly atStart?: AtStart;
  }
}

/** The host of the shipped program: commands and events of the desktop shell. */
export function tauriHost(): Host {
  return {
    atStart: window.atStart,
    sessionState: () => call('session_state'),
    onSession: (heard) => subscribe('session', heard),
    demoExplore: () => call('demo_explore'),
    onDemoProgress: (heard) => subscribe('demo-progress', heard),
    signIn: (form) => call('sign_in', { form }),
    mailCode: (form, which) => call('mail_code', { form, which }),
    chooseAccount: (accountId) => call('choose_account', { accountId }),
    showSignIn: (accountId) => call('show_sign_in', { accountId }),
    orderAccounts: (accountIds) => call('order_accounts', { accountIds }),
    chooseAuthority: (accountId) => call('choose_authority', { accountId }),
    forgetAuthority: (accountId) => call('forget_authority', { accountId }),
    unlock: (accountId, password) => call('unlock', { accountId, password }),
    unlockWithDevice: (accountId) => call('unlock_with_device', { accountId }),
    unlockWithPin: (accountId, pin) => call('unlock_with_pin', { accountId, pin }),
    unlockSettings: () => call('unlock_settings'),
    setDeviceUnlock: (on) => call('set_device_unlock', { on }),
    setPin: (pin) => call('set_pin', { pin }),
    bringHistory: (password) => call('bring_history', { password }),
    setHistoryAside: () => call('set_history_aside'),
    lock: (accountId) => call('lock', { accountId }),
    logOut: (accountId, keepArchive) => call('log_out', { accountId, keepArchive }),
    saveBackup: (accountId) => call('save_backup', { accountId }),
    openBackup: () => call('open_backup'),
    chooseFolder: () => call('choose_folder'),
    touch: () => call('touch'),
    setUnsaved: (unsaved) => call('set_unsaved', { unsaved }),
    onCloseAsked: (heard) => subscribe('close-asked', heard),
    closeWindow: () => call('close_window'),

    syncStatus: () => call('sync_status'),
    onSyncStatus: (heard) => subscribe('sync-status', heard),
    syncStart: (organizationId) => call('sync_start', { organizationId }),
    syncCancel: () => call('sync_cancel'),
    showPortal: (providerId) => call('show_portal', { providerId }),
    lookAtClient: (organizationId) => call('look_at_client', { organizationId }),

    administered: (text) => call('administered', { text }),
    products: (organizationId, providerId) => call('products', { organizationId, providerId }),
    leftPlaces: () => call('left_places'),
    keepPlaces: (accountId, places) => call('keep_places', { accountId, places }),
    becomeProvider: () => call('become_provider'),
    openWeb: (page) => call('open_web', { page }),
    openWebsite: (itemId, fieldId) => call('open_website', { itemId, fieldId }),

    clientsPage: (query) => call('clients_page', { query }),
    managedClient: (organizationId) => call('managed_client', { organizationId }),
    exportClients: (request) => call('export_clients', { request }),
    createClient: (client) => call('create_client', { client }),
    addableOrganizations: (providerId) => call('addable_organizations', { providerId }),
    addExistingClient: (providerId, organizationId) => call('add_existing_client', { providerId, organizationId }),
    checkSeats: (question) => call('check_seats', { question }),
    updateClient: (change) => call('update_client', { change }),
    unlinkClient: (providerId, organizationId) => call('unlink_client', { providerId, organizationId }),
    clientTags: (target) => call('client_tags', { target }),
    changeTags: (change) => call('change_tags', { change }),
    renameTag: (name, to) => call('rename_tag', { name, to }),
    deleteTag: (name) => call('delete_tag', { name }),
    cancelAction: () => call('cancel_action'),

    billing: (providerId) => call('billing', { providerId }),
    refreshBilling: (providerId) => call('refresh_billing', { providerId }),
    saveInvoice: (providerId, invoiceId) => call('save_invoice', { providerId, invoiceId }),
    providerSettings: (providerId) => call('provider_settings', { providerId }),
    updateProvider: (providerId, settings) => call('update_provider', { providerId, settings }),
    deleteProvider: (request) => call('delete_provider', { request }),
    openProviderWeb: (providerId, page) => call('open_provider_web', { providerId, page }),

    clientHead: (organizationId) => call('client_head', { organizationId }),
    membersPage: (query) => call('members_page', { query }),
    memberDetail: (organizationId, memberId) => call('member_detail', { organizationId, memberId }),
    groupsPage: (query) => call('groups_page', { query }),
    groupDetail: (organizationId, groupId) => call('group_detail', { organizationId, groupId }),
    openCollections: (organizationId) => call('open_collections', { organizationId }),
    setPinned: (organizationId, pinned) => call('set_pinned', { organizationId, pinned }),
    collectionsPage: (query) => call('collections_page', { query }),
    collectionDetail: (organizationId, collectionId) => call('collection_detail', { organizationId, collectionId }),
    policies: (organizationId) => call('policies', { organizationId }),

    teamPage: (query) => call('team_page', { query }),
    refreshTeam: (providerId, ifOld) => call('refresh_team', { providerId, ifOld }),
    teamMember: (providerId, memberId) => call('team_member', { providerId, memberId }),
    teamRemoval: (providerId, members) => call('team_removal', { providerId, members }),
    readEmails: (text) => call('read_emails', { text }),
    inviteTeam: (providerId, emails, role) => call('invite_team', { providerId, emails, role }),
    reinviteTeam: (providerId, members) => call('reinvite_team', { providerId, members }),
    teamFingerprints: (providerId, members) => call('team_fingerprints', { providerId, members }),
    confirmTeam: (providerId, shown) => call('confirm_team', { providerId, shown }),
    setTeamRole: (providerId, memberId, role) => call('set_team_role', { providerId, memberId, role }),
    removeTeam: (providerId, members) => call('remove_team', { providerId, members }),
    invitation: () => call('invitation'),
    onInvitation: (heard) => subscribe('invitation', heard),
    readInvitation: (text) => call('read_invitation', { text }),
    dropInvitation: () => call('drop_invitation'),
    acceptInvitation: () => call('accept_invitation'),
    registerInvited: (form) => call('register_invited', { form }),
    providerToSetUp: () => call('provider_to_set_up'),
    setUpProvider: (form) => call('set_up_provider', { form }),
    deleteLinkedProvider: () => call('delete_linked_provider'),
    outbox: () => call('outbox'),
    copyMailLink: (mailId) => call('copy_mail_link', { mailId }),
    structureMap: (providerId, grouping, search) => call('structure_map', { providerId, grouping, search }),
    clientMap: (query) => call('client_map', { query }),
    structureTree: (query) => call('structure_tree', { query }),
    eventsPage: (log, query) => call('events_page', { log, query }),
    readEvents: (log, range) => call('read_events', { log, range }),
    exportEvents: (log, wanted) => call('export_events', { log, export: wanted }),

    vaultFilters: (vault) => call('vault_filters', { vault }),
    itemsPage: (query) => call('items_page', { query }),
    itemDetail: (itemId) => call('item_detail', { itemId }),
    revealField: (request) => call('reveal_field', { request }),
    copyField: (request) => call('copy_field', { request }),
    copyText: (text) => call('copy_text', { text }),
    totpCode: (itemId, fieldId) => call('totp_code', { itemId, fieldId }),
    passReprompt: (itemId, password) => call('pass_reprompt', { itemId, password }),
    leaveItem: () => call('leave_item'),
    saveAttachment: (request) => call('save_attachment', { request }),
    cancelAttachment: (attachmentId) => call('cancel_attachment', { attachmentId }),
    onAttachmentProgress: (heard) => subscribe('attachment-progress', heard),
    savedFilters: () => call('saved_filters'),
    saveFilter: (filter) => call('save_filter', { filter }),
    renameFilter: (filterId, name) => call('rename_filter', { filterId, name }),
    removeFilter: (filterId) => call('remove_filter', { filterId }),

    searchEverything: (query) => call('search_everything', { query }),
    settingsGet: () => call('settings_get'),
    settingsSet: (settings) => call('settings_set', { settings }),
    cacheInfo: () => call('cache_info'),
    ownFingerprint: () => call('own_fingerprint'),
    about: () => call('about'),
  };
}

async function call<Answer>(command: string, args?: Record<string, unknown>): Promise<Answer> {
  try {
    return await invoke<Answer>(command, args);
  } catch (cause) {
    throw HostError.from(cause);
  }
}

/** `listen` answers later; a subscription given up before that ends as soon as it exists. */
function subscribe<Payload>(event: string, heard: (payload: Payload) => void): Unsubscribe {
  let over = false;
  const starting = listen<Payload>(event, ({ payload }) => {
    if (!over) heard(payload);
  });
  return () => {
    over = true;
    void starting.then((stop) => stop());
  };
}
