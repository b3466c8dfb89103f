import type { Component } from 'svelte';

/** Pages by name. Each takes its place from the location. */
const found = import.meta.glob<{ default: Component }>('../features/{clients,client,vaults}/*Page.svelte', { eager: true });

export function page(name: 'clients' | 'client' | 'vaults'): Component | undefined {
  const file = { clients: 'clients/ClientsPage', client: 'client/ClientPage', vaults: 'vaults/VaultsPage' }[name];
  return found[`../features/${file}.svelte`]?.default;
}
