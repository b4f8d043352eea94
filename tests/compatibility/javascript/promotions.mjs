// Promotions: tiers and stacks are kept, offered to carts and redeemed; and the older calls of a shop's pages.

import assert from 'node:assert/strict'
import { refused, tries } from './story.mjs'

const TENTH = { discount: { type: 'PERCENT', percent_off: 10, effect: 'APPLY_TO_ORDER' } }
const FIVE = { discount: { type: 'AMOUNT', amount_off: 500, effect: 'APPLY_TO_ORDER' } }

tries('a promotion is made, its tiers listed and changed', ['validations.promotions.create', 'validations.promotions.tiers.create', 'validations.promotions.tiers.list', 'validations.promotions.tiers.listAll', 'validations.promotions.tiers.get', 'validations.promotions.tiers.update'], async (shop) => {
  const { promotions } = shop.server
  const tiers = [{ name: 'A tenth', banner: '10% off', action: TENTH }]
  const made = await promotions.create({ name: shop.unique('Summer'), campaign_type: 'PROMOTION', promotion: { tiers } })
  assert.equal(made.promotion.tiers[0].banner, '10% off')
  const added = await promotions.tiers.create(made.id, { name: 'Five', action: FIVE })
  assert.equal((await promotions.tiers.update({ id: added.id, name: 'Five off' })).name, 'Five off')
  assert.equal((await promotions.tiers.get(added.id)).action.discount.amount_off, 500)
  assert.deepEqual((await promotions.tiers.list(made.id)).tiers.map((tier) => tier.name), ['A tenth', 'Five off'])
  assert.ok((await promotions.tiers.listAll({ is_available: true, limit: 100 })).tiers.some((tier) => tier.id === added.id))
  shop.known.promotion = { id: made.id, tiers: [made.promotion.tiers[0].id, added.id] }
})

tries('tiers are stacked', ['validations.promotions.stack.createInCampaign', 'validations.promotions.stack.get', 'validations.promotions.stack.update', 'validations.promotions.stack.listInCampaign', 'validations.promotions.stack.list', 'validations.promotions.stack.delete'], async (shop) => {
  const { stack } = shop.server.promotions
  const { id, tiers } = shop.known.promotion
  const made = await stack.createInCampaign(id, { name: 'Both', tiers: { ids: tiers } })
  assert.equal((await stack.update(id, made.id, { name: 'In order' })).name, 'In order')
  assert.deepEqual((await stack.get(id, made.id)).tiers.ids, tiers)
  assert.equal((await stack.listInCampaign(id)).total, 1)
  assert.ok((await stack.list({ limit: 100 })).data.some((each) => each.id === made.id))
  const redeemables = [{ object: 'promotion_stack', id: made.id }]
  assert.equal((await shop.server.validations.validateStackable({ redeemables, order: { amount: 10000 } })).order.total_amount, 8500)
  await stack.delete(id, made.id)
})

tries('a cart is told which promotions it may have, and redeems one', ['validations.promotions.validate', 'validations.promotions.tiers.redeem', 'validations.promotions.tiers.delete'], async (shop) => {
  const { promotions } = shop.server
  const [tier, other] = shop.known.promotion.tiers
  const told = await promotions.validate({ customer: { source_id: shop.known.sourceId }, order: { amount: 10000 } })
  assert.ok(told.promotions.some((each) => each.id === tier && each.discount_amount === 1000))
  const made = await promotions.tiers.redeem(tier, { order: { amount: 10000 } })
  assert.deepEqual([made.result, made.promotion_tier.summary.orders.total_discount_amount], ['SUCCESS', 1000])
  await promotions.tiers.delete(other)
  await refused(promotions.tiers.get(other), 404, 'not_found')
})

tries('a page checks, redeems and lists the older ways', ['client.validate', 'client.redeem', 'client.listVouchers'], async (shop) => {
  const code = shop.unique('PAGE')
  await shop.server.vouchers.create({ code, type: 'DISCOUNT_VOUCHER', ...TENTH, redemption: { quantity: 1 } })
  const items = [{ product_id: 'tea', quantity: 2, amount: 5000 }]
  const told = await shop.browser.validate({ code, items, orderMetadata: { channel: 'web' }, customer: { source_id: shop.known.sourceId } })
  assert.deepEqual([told.valid, told.order.total_amount], [true, 4500])
  assert.ok((await shop.browser.validate({ amount: 10000 })).promotions.length > 0)
  assert.equal((await shop.browser.validate({ code: 'NO-SUCH-CODE' })).valid, false)
  const made = await shop.browser.redeem(code, { order: { amount: 1000 }, customer: { source_id: shop.known.sourceId } })
  assert.deepEqual([made.result, made.voucher.code], ['SUCCESS', code])
  await refused(shop.browser.redeem(code, { customer: { source_id: shop.known.sourceId } }), 400, 'quantity_exceeded')
  assert.ok((await shop.browser.listVouchers({ limit: 5 })).vouchers.length > 0)
})
