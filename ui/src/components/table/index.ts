export { columnsAt, nextSort, type Column, type RowState, type Sort } from './column';
export { RowsInView } from './rows-in-view.svelte';
export { default as VirtualTable } from './VirtualTable.svelte';
export { CHUNK, WindowedRows, type LoadRows, type RowsAnswer, type RowWindow } from './windowed-rows.svelte';
