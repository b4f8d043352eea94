// Every public method of the official JavaScript SDK, found by looking at it: `vouchers.create`, `client.validate`.

const INNER = new Set(['request', 'client', 'requestController', 'apiLimitsHandler'])

export function allMethods(server, browser) {
  const found = new Set()
  walk(server, '', new Set(), found)
  for (const name of own(browser)) found.add(`client.${name}`)
  found.delete('client.setIdentity')
  return [...found].sort()
}

function walk(group, path, seen, found) {
  for (const [name, value] of Object.entries(group)) {
    if (INNER.has(name) || value === null || typeof value !== 'object' || seen.has(value)) continue
    seen.add(value)
    for (const method of own(value)) found.add(`${path}${name}.${method}`)
    walk(value, `${path}${name}.`, seen, found)
  }
}

function own(value) {
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype) return []
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor' && typeof value[name] === 'function')
}
