// A shop's day through the official JavaScript SDK: each step tries methods as a shop would, and looks at the answers.

import assert from 'node:assert/strict'

export const steps = []

function tries(name, methods, run) {
  steps.push({ name, methods, run })
}

async function refused(call, code, key) {
  await assert.rejects(call, (error) => {
    assert.equal(error.code, code)
    if (key) assert.equal(error.key, key)
    return true
  })
}

tries('a customer is made, found and changed', ['customers.create', 'customers.get', 'customers.update'], async (shop) => {
  shop.known.sourceId = shop.unique('ida')
  const made = await shop.server.customers.create({ source_id: shop.known.sourceId, name: 'Ida Vos', metadata: { lang: 'nl' } })
  shop.known.customer = made.id
  assert.equal((await shop.server.customers.get(shop.known.sourceId)).id, made.id)
  const changed = await shop.server.customers.update({ source_id: shop.known.sourceId, description: 'Knows her way' })
  assert.deepEqual([changed.name, changed.description], ['Ida Vos', 'Knows her way'])
  await refused(shop.server.customers.get('nobody'), 404, 'not_found')
})

tries('an event is tracked', ['events.create'], async (shop) => {
  const told = await shop.server.events.create('cart_abandoned', { customer: { source_id: shop.known.sourceId } })
  assert.deepEqual([told.type, told.customer.id], ['cart_abandoned', shop.known.customer])
})

tries('a page of the shop tracks what its visitor does', ['client.track'], async (shop) => {
  shop.browser.setIdentity(shop.known.sourceId)
  const told = await shop.browser.track('cart_abandoned', { source_id: shop.known.sourceId }, { cart_value: 7450 })
  assert.equal(told.customer.id, shop.known.customer)
})

tries('a wrong key is told so', [], async (shop) => {
  await refused(shop.stranger.customers.list(), 401, 'unauthorized')
})
