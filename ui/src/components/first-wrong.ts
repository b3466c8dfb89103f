import { tick } from 'svelte';

/** What must be mended first gets the focus, so that its sentence is read out and typing mends it. Nothing where nothing is wrong. */
export async function focusFirstWrong(form: HTMLElement): Promise<void> {
  await tick();
  form.querySelector<HTMLElement>('[aria-invalid]')?.focus();
}
