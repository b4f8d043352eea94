// What leaves the house, and what the project declares.

import assert from 'node:assert/strict'
import { eventually, refused, tries } from './story.mjs'

tries('a file is made and deleted', ['distributions.exports.create', 'distributions.exports.get', 'distributions.exports.list', 'distributions.exports.delete'], async (shop) => {
  const { exports } = shop.server.distributions
  const made = await exports.create({ exported_object: 'voucher', parameters: { fields: ['code', 'voucher_type'] } })
  await eventually(async () => (await exports.get(made.id)).status === 'DONE')
  assert.ok((await exports.list({ limit: 100 })).exports.some((one) => one.id === made.id))
  await exports.delete(made.id)
  await refused(exports.get(made.id), 404, 'not_found')
})

tries('metadata schemas are read', ['metadataSchemas.list', 'metadataSchemas.get'], async (shop) => {
  assert.ok((await shop.server.metadataSchemas.list()).schemas)
  await refused(shop.server.metadataSchemas.get('nothing'), 404, 'not_found')
})
