// Runs before the page is painted, and before the program behind it is read: after a lock the frame of the lock screen
// stands there at once, in the colours that were chosen. It knows that the window is locked, and nothing of an account.
(() => {
  const { session, settings } = window.atStart ?? {};
  const root = document.documentElement;
  if (settings) root.dataset.theme = settings.theme === 'system' ? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light') : settings.theme;
  if (session?.kind === 'locked') root.dataset.first = 'locked';
})();
