// Nothing yet that every test needs.
export {};
