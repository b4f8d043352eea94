// The parts of the day, in order, and what they share.

import assert from 'node:assert/strict'

export const steps = []

export function tries(name, methods, run) {
  steps.push({ name, methods, run })
}

// Holds that a call is refused as Voucherify refuses it.
export async function refused(call, code, key) {
  await assert.rejects(call, (error) => {
    assert.equal(error.code, code, error.details || error.message)
    if (key) assert.equal(error.key, key)
    return true
  })
}

export async function eventually(check, seconds = 10) {
  const until = Date.now() + seconds * 1000
  while (Date.now() < until) {
    const found = await check()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${check} did not become true within ${seconds} s`)
}

// Waits until an async action is over, and holds that it went well.
export async function finished(shop, order) {
  const over = async () => {
    const action = await shop.server.asyncActions.get(order.async_action_id)
    return ['DONE', 'FAILED'].includes(action.status) && action
  }
  assert.equal((await eventually(over)).status, 'DONE')
}

// Writes rows into a file that the SDK can read.
export async function file(shop, name, content) {
  const { writeFile } = await import('node:fs/promises')
  const path = `${shop.folder}/${name}`
  await writeFile(path, content)
  return path
}
