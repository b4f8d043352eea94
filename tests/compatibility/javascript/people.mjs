// Customers, what they do, and the segments that follow from it.

import assert from 'node:assert/strict'
import { eventually, file, finished, refused, tries } from './story.mjs'

tries('a customer is made, found and changed', ['customers.create', 'customers.get', 'customers.update'], async (shop) => {
  shop.known.sourceId = shop.unique('ida')
  const made = await shop.server.customers.create({ source_id: shop.known.sourceId, name: 'Ida Vos', metadata: { lang: 'nl' } })
  shop.known.customer = made.id
  assert.equal((await shop.server.customers.get(shop.known.sourceId)).id, made.id)
  const changed = await shop.server.customers.update({ source_id: shop.known.sourceId, description: 'Knows her way' })
  assert.deepEqual([changed.name, changed.description], ['Ida Vos', 'Knows her way'])
  await refused(shop.server.customers.get('nobody'), 404, 'not_found')
})

tries('an event is tracked, and a null in it erases nothing', ['events.create'], async (shop) => {
  const customer = { source_id: shop.known.sourceId, name: null, metadata: null }
  const told = await shop.server.events.create('cart_abandoned', { customer })
  assert.deepEqual([told.type, told.customer.id, told.customer.name], ['cart_abandoned', shop.known.customer, 'Ida Vos'])
})

tries('a null in an update erases', [], async (shop) => {
  const changed = await shop.server.customers.update({ source_id: shop.known.sourceId, description: null })
  assert.equal(changed.description, null)
})

tries('a page of the shop tracks what its visitor does', ['client.track'], async (shop) => {
  shop.browser.setIdentity(shop.known.sourceId)
  const told = await shop.browser.track('cart_abandoned', { source_id: shop.known.sourceId }, { cart_value: 7450 })
  assert.equal(told.customer.id, shop.known.customer)
})

tries('a page of the shop makes a customer', ['client.createCustomer'], async (shop) => {
  const made = await shop.browser.createCustomer({ source_id: shop.unique('visitor'), name: 'Vera' })
  assert.equal((await shop.server.customers.get(made.id)).name, 'Vera')
})

tries('customers are listed and scrolled through', ['customers.list', 'customers.scroll'], async (shop) => {
  const name = shop.unique('Otto')
  for (const number of [1, 2, 3]) await shop.server.customers.create({ source_id: shop.unique(`otto${number}`), name })
  assert.equal((await shop.server.customers.list({ name, limit: 2 })).customers.length, 2)
  const met = []
  for await (const customer of shop.server.customers.scroll({ name, limit: 2 })) met.push(customer.id)
  assert.equal(new Set(met).size, 3)
  await refused(shop.server.customers.list({ page: 100 }), 400, 'page_over_limit')
})

tries('her activity tells what she did', ['customers.listActivity', 'customers.listActivities'], async (shop) => {
  const told = await shop.server.customers.listActivity(shop.known.sourceId, { limit: 100 })
  assert.ok(told.data.some((one) => one.type === 'customer.created'))
  assert.ok((await shop.server.customers.listActivities(shop.known.sourceId)).data.length > 0)
})

tries('many customers are changed at once', ['customers.updateInBulk', 'customers.updateMetadataInBulk', 'asyncActions.get', 'asyncActions.list'], async (shop) => {
  const source = shop.unique('bulk')
  await finished(shop, await shop.server.customers.updateInBulk([{ source_id: source, name: 'Bulk' }]))
  await finished(shop, await shop.server.customers.updateMetadataInBulk({ source_ids: [source], metadata: { tier: 'gold' } }))
  const found = await shop.server.customers.get(source)
  assert.deepEqual([found.name, found.metadata.tier], ['Bulk', 'gold'])
  assert.ok((await shop.server.asyncActions.list({ limit: 5 })).async_actions.length > 0)
})

tries('customers come from a file', ['customers.importCSV'], async (shop) => {
  const source = shop.unique('csv')
  const path = await file(shop, 'customers.csv', `Name,Source_id\nCarl,${source}\n`)
  await finished(shop, await shop.server.customers.importCSV(path))
  assert.equal((await shop.server.customers.get(source)).name, 'Carl')
})

tries('a segment is made, listed for her, and deleted', ['segments.create', 'segments.get', 'segments.list', 'segments.delete'], async (shop) => {
  const filter = { junction: 'AND', 'events.cart_abandoned.count': { conditions: { $more_than: [0] } } }
  const made = await shop.server.segments.create({ name: shop.unique('Abandoners'), type: 'auto-update', filter })
  assert.equal((await shop.server.segments.get(made.id)).name, made.name)
  const hers = async () => (await shop.server.segments.list(shop.known.sourceId)).data.some((one) => one.id === made.id)
  await eventually(hers)
  await shop.server.segments.delete(made.id)
  await refused(shop.server.segments.get(made.id), 404, 'not_found')
})

tries('consents are listed and given', ['consents.list', 'customers.updateConsents', 'client.listConsents', 'client.updateConsents'], async (shop) => {
  const [consent] = (await shop.server.consents.list()).consents.data
  await shop.server.customers.updateConsents(shop.known.sourceId, { [consent.id]: true })
  assert.ok((await shop.browser.listConsents()).groups)
  await shop.browser.updateConsents(shop.known.sourceId, { [consent.id]: false })
})

tries('a customer is deleted, or forgotten for good', ['customers.delete', 'customers.deletePermanently'], async (shop) => {
  const [gone, forgotten] = [shop.unique('gone'), shop.unique('forgotten')]
  for (const source_id of [gone, forgotten]) await shop.server.customers.create({ source_id })
  await shop.server.customers.delete(gone)
  assert.equal((await shop.server.customers.deletePermanently(forgotten)).status, 'DONE')
  for (const source of [gone, forgotten]) await refused(shop.server.customers.get(source), 404, 'not_found')
})

tries('a wrong key is told so', [], async (shop) => {
  await refused(shop.stranger.customers.list(), 401, 'unauthorized')
})
