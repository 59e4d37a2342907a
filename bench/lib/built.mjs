// @ts-check

/**
 * A module of the built server. The address is put together here because dist/ has no types and may not exist yet.
 * @param {string} path inside dist/
 * @returns {Promise<any>}
 */
export function importBuilt(path) {
  return import(new URL(`../../dist/${path}`, import.meta.url).href);
}
