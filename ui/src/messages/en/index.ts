export * from './first';
export * from './rest';
