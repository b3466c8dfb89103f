const sheets = import.meta.glob<string>('./*.css', { query: '?raw', import: 'default', eager: true });
const parts = import.meta.glob<string>('../**/*.svelte', { query: '?raw', import: 'default', eager: true });

/** Every style sheet and every style of a component, for the tests of the look. */
export function stylesOfThePage(): { path: string; text: string }[] {
  return Object.entries({ ...sheets, ...parts }).map(([path, text]) => ({
    path,
    text: path.endsWith('.css') ? text : (text.match(/<style>[\s\S]*<\/style>/)?.[0] ?? ''),
  }));
}
