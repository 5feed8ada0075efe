/** The API, as the page that administers the tenants uses it. */

/** @import { Advice, Tenant } from './types.js' */

/** @param {string} api */
export function adminOf(api) {
  /** @param {string} path @param {RequestInit} [options] */
  async function ask(path, options) {
    const response = await fetch(`${api}/admin${path}`, options);
    if (!response.ok) {
      throw new Error((await response.json()).message);
    }
    return response;
  }

  /** @param {string} tenant */
  const originsOf = (tenant) => `/tenants/${encodeURIComponent(tenant)}/origins`;
  return {
    /** @returns {Promise<Tenant[]>} */
    async list() {
      return (await ask('/tenants')).json();
    },
    /** @param {string} origin @returns {Promise<Advice[]>} */
    async advice(origin) {
      return (await ask(`/advice?${new URLSearchParams({ origin })}`)).json();
    },
    /** @param {string} tenant @param {string} origin */
    async add(tenant, origin) {
      const headers = { 'Content-Type': 'application/json' };
      await ask(originsOf(tenant), { method: 'POST', headers, body: JSON.stringify({ origin }) });
    },
    /** @param {string} tenant @param {string} origin */
    async remove(tenant, origin) {
      await ask(`${originsOf(tenant)}/${encodeURIComponent(origin)}`, { method: 'DELETE' });
    },
  };
}
