/** Keys that lead from one element to another. */
const moving = /^(Tab|Arrow(Up|Down|Left|Right)|Home|End|PageUp|PageDown)$/;
let moved = false;

/**
 * Whether the keyboard came to where it is by a key that leads there. A menu or a dialog that closes gives it back, too: that
 * asks nothing of the element, and no tooltip answers.
 */
export const cameByMoving = (): boolean => moved;

document.addEventListener('keydown', ({ key }) => (moved = moving.test(key)), true);
document.addEventListener('pointerdown', () => (moved = false), true);
