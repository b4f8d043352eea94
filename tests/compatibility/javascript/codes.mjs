// Campaigns, codes, and who gets them.

import assert from 'node:assert/strict'
import { eventually, file, finished, refused, tries } from './story.mjs'

const FIVE = { type: 'AMOUNT', amount_off: 500 }

tries('a campaign is made and its codes come', ['campaigns.create', 'campaigns.get', 'campaigns.update', 'campaigns.list'], async (shop) => {
  const { campaigns } = shop.server
  const voucher = { type: 'DISCOUNT_VOUCHER', discount: { type: 'PERCENT', percent_off: 5 }, redemption: { quantity: 1 } }
  const said = { name: shop.unique('Come back'), campaign_type: 'DISCOUNT_COUPONS', type: 'AUTO_UPDATE', vouchers_count: 5, voucher }
  const made = await campaigns.create(said)
  Object.assign(shop.known, { campaign: made.id, campaignName: made.name })
  await eventually(async () => (await campaigns.get(made.name)).vouchers_generation_status === 'DONE')
  assert.equal((await campaigns.update(made.id, { description: 'For who left' })).description, 'For who left')
  assert.ok((await campaigns.list({ limit: 100 })).campaigns.some((one) => one.id === made.id))
  await refused(campaigns.create(said), 409, 'duplicate_found')
})

tries('codes are added to it', ['campaigns.addVoucher', 'campaigns.addCertainVoucher', 'campaigns.importVouchers', 'campaigns.importVouchersCSV'], async (shop) => {
  const { campaigns } = shop.server
  assert.ok((await campaigns.addVoucher(shop.known.campaignName)).code)
  const own = shop.unique('OWN')
  assert.equal((await campaigns.addCertainVoucher(shop.known.campaignName, own)).code, own)
  await finished(shop, await campaigns.importVouchers(shop.known.campaign, [{ code: shop.unique('LIST') }]))
  const path = await file(shop, 'codes.csv', `Code\n${shop.unique('FILE')}\n`)
  await finished(shop, await campaigns.importVouchersCSV(shop.known.campaign, path))
})

tries('a campaign rests and goes on', ['campaigns.disable', 'campaigns.enable'], async (shop) => {
  await shop.server.campaigns.disable(shop.known.campaign)
  assert.equal((await shop.server.campaigns.get(shop.known.campaign)).active, false)
  await shop.server.campaigns.enable(shop.known.campaign)
  assert.equal((await shop.server.campaigns.get(shop.known.campaign)).active, true)
})

tries('a customer gets a code', ['distributions.publications.create', 'distributions.publications.list', 'client.publish'], async (shop) => {
  const { publications } = shop.server.distributions
  const campaign = { name: shop.known.campaignName }
  const made = await publications.create({ campaign, customer: { source_id: shop.known.sourceId } })
  shop.known.code = made.voucher.code
  assert.ok((await publications.list({ customer: shop.known.customer })).publications.some((one) => one.id === made.id))
  const published = await shop.browser.publish(shop.known.campaignName, { customer: { source_id: shop.known.sourceId } })
  assert.ok(published.voucher.code)
})

tries('codes of their own are made, changed and listed', ['vouchers.create', 'vouchers.get', 'vouchers.update', 'vouchers.list'], async (shop) => {
  const { vouchers } = shop.server
  shop.known.own = shop.unique('FIVE')
  await vouchers.create({ code: shop.known.own, type: 'DISCOUNT_VOUCHER', discount: FIVE, redemption: { quantity: null } })
  assert.equal((await vouchers.update({ code: shop.known.own, metadata: { wave: 2 } })).metadata.wave, 2)
  assert.equal((await vouchers.get(shop.known.own)).discount.amount_off, 500)
  assert.ok((await vouchers.list({ campaign: shop.known.campaignName, limit: 100 })).total >= 5)
  await refused(vouchers.get('NO-SUCH-CODE'), 404, 'not_found')
})

tries('a code rests and goes on', ['vouchers.disable', 'vouchers.enable'], async (shop) => {
  assert.equal((await shop.server.vouchers.disable(shop.known.own)).active, false)
  assert.equal((await shop.server.vouchers.enable(shop.known.own)).active, true)
})

tries('a gift card is charged', ['vouchers.balance.create', 'vouchers.listTransactions', 'vouchers.exportTransactions'], async (shop) => {
  const { vouchers } = shop.server
  shop.known.gift = shop.unique('GIFT')
  await vouchers.create({ code: shop.known.gift, type: 'GIFT_VOUCHER', gift: { amount: 5000 } })
  assert.equal((await vouchers.balance.create(shop.known.gift, { amount: 2500 })).balance, 7500)
  assert.equal((await vouchers.listTransactions(shop.known.gift)).data[0].type, 'CREDITS_ADDITION')
  assert.ok((await vouchers.exportTransactions(shop.known.gift)).id)
})

tries('many codes are brought in or changed at once', ['vouchers.import', 'vouchers.importCSV', 'vouchers.bulkUpdate', 'vouchers.bulkUpdateMetadata'], async (shop) => {
  const { vouchers } = shop.server
  await finished(shop, await vouchers.import([{ code: shop.unique('LIST'), type: 'DISCOUNT_VOUCHER', discount: FIVE }]))
  const rows = `Code,Voucher Type,Value,Discount Type\n${shop.unique('FILE')},DISCOUNT_VOUCHER,5.00,AMOUNT\n`
  await finished(shop, await vouchers.importCSV(await file(shop, 'vouchers.csv', rows)))
  await finished(shop, await vouchers.bulkUpdate([{ code: shop.known.own, metadata: { a: '1' } }]))
  await finished(shop, await vouchers.bulkUpdateMetadata({ codes: [shop.known.own], metadata: { b: '2' } }))
  assert.equal((await vouchers.get(shop.known.own)).metadata.b, '2')
})

tries('incentives are sorted into categories', ['categories.create', 'categories.get', 'categories.update', 'categories.list', 'categories.delete'], async (shop) => {
  const { categories } = shop.server
  const made = await categories.create({ name: shop.unique('First'), hierarchy: 7 })
  assert.equal((await categories.get(made.id)).hierarchy, 7)
  assert.equal((await categories.update(made.id, { name: made.name, hierarchy: 8 })).hierarchy, 8)
  assert.ok((await categories.list()).data.some((one) => one.id === made.id))
  await categories.delete(made.id)
})

tries('a code and a campaign are deleted', ['vouchers.delete', 'campaigns.delete'], async (shop) => {
  const code = shop.unique('GONE')
  await shop.server.vouchers.create({ code, type: 'DISCOUNT_VOUCHER', discount: FIVE })
  await shop.server.vouchers.delete(code, { force: true })
  await refused(shop.server.vouchers.get(code), 404, 'not_found')
  const voucher = { type: 'DISCOUNT_VOUCHER', discount: FIVE }
  const made = await shop.server.campaigns.create({ name: shop.unique('Gone'), campaign_type: 'DISCOUNT_COUPONS', voucher })
  await shop.server.campaigns.delete(made.id, { force: true })
  await refused(shop.server.campaigns.get(made.id), 404, 'not_found')
})
