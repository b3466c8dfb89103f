export { default as common } from './common.json';
export { default as errors } from './errors.json';
export { default as session } from './session.json';
export { default as shell } from './shell.json';
export { default as joining } from './joining.json';
