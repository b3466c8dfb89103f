export { nextSort, type Column, type RowState, type Sort } from './column';
export { default as VirtualTable } from './VirtualTable.svelte';
export { CHUNK, WindowedRows, wholeList, type LoadRows, type RowsAnswer } from './windowed-rows.svelte';
