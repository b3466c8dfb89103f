import type { WhyNot } from '$/ipc/bindings/WhyNot';
import type { Words } from './words.svelte';

/** Why a person may not do something, in a sentence; none where they may. */
export function hindranceText(why: WhyNot | null | undefined, { t }: Words): string | undefined {
  return why ? t(`common.whyNot_${why}`) : undefined;
}
