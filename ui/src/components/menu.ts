import type { IconName } from './icons';

/** One row of a menu, or a rule between rows. At most seven rows; the dangerous one last, after a rule. */
export type MenuRow =
  | 'rule'
  | {
      label: string;
      icon?: IconName;
      /** A second line, in small. */
      under?: string;
      /** Shown at the right end: a state or a shortcut. */
      note?: string;
      danger?: boolean;
      /** A choice among several: the row carries a check mark when true. */
      checked?: boolean;
      /** One of several that may all be on: the menu stays open when it is turned. */
      ticked?: boolean;
      /** Wanted, but not to be seen now: the tick is grey, and `under` says why. */
      faint?: boolean;
      /** Why it cannot be chosen now. */
      reason?: string | undefined;
      testid?: string;
      choose: () => void;
    };
