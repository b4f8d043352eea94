// At the till: rules, checks, redemptions, and what could be used.

import assert from 'node:assert/strict'
import { refused, tries } from './story.mjs'

function cart(shop, id, more = {}) {
  const order = { amount: 12000, source_id: shop.unique('till') }
  return { redeemables: [{ object: 'voucher', id }], customer: { source_id: shop.known.sourceId }, order, ...more }
}

tries('a rule is made, put on a code and taken off', ['validationRules.create', 'validationRules.get', 'validationRules.update', 'validationRules.list', 'validationRules.createAssignment', 'validationRules.listAssignments', 'validationRules.listRulesAssignments', 'validationRules.deleteAssignment', 'validationRules.delete'], async (shop) => {
  const { validationRules } = shop.server
  const one = { name: 'order.amount', conditions: { $more_than_or_equal: [5000] }, rules: {} }
  const made = await validationRules.create({ name: shop.unique('Cart'), type: 'expression', context_type: 'global', rules: { 1: one, logic: '1' } })
  assert.equal((await validationRules.get(made.id)).name, made.name)
  const name = shop.unique('Cart over 50')
  assert.equal((await validationRules.update({ id: made.id, name })).name, name)
  assert.ok((await validationRules.list({ limit: 100 })).data.some((rule) => rule.id === made.id))
  const voucher = (await shop.server.vouchers.get(shop.known.own)).id
  const put = await validationRules.createAssignment(made.id, { voucher })
  assert.equal((await validationRules.listAssignments(made.id)).total, 1)
  assert.ok((await validationRules.listRulesAssignments({ rule: made.id })).data.some((on) => on.id === put.id))
  await validationRules.deleteAssignment(made.id, put.id)
  await validationRules.delete(made.id)
  await refused(validationRules.get(made.id), 404, 'not_found')
})

tries('a code is checked', ['validations.validateVoucher', 'validations.validate', 'validations.validateStackable', 'client.validateStackable'], async (shop) => {
  const { validations } = shop.server
  const context = { customer: { source_id: shop.known.sourceId }, order: { amount: 12000 } }
  assert.equal((await validations.validateVoucher(shop.known.code, context)).valid, true)
  assert.equal((await validations.validate(shop.known.code, context)).valid, true)
  const told = await validations.validateStackable(cart(shop, shop.known.code))
  assert.deepEqual([told.valid, told.order.total_discount_amount], [true, 600])
  assert.equal((await validations.validateStackable(cart(shop, 'NO-SUCH-CODE'))).inapplicable_redeemables[0].result.error.key, 'not_found')
  assert.equal((await shop.browser.validateStackable(cart(shop, shop.known.code))).valid, true)
})

tries('a code is redeemed once, listed and taken back', ['redemptions.redeemStackable', 'redemptions.get', 'redemptions.list', 'redemptions.getForVoucher', 'redemptions.rollback'], async (shop) => {
  const { redemptions } = shop.server
  const told = await redemptions.redeemStackable(cart(shop, shop.known.code))
  const [{ id, result }] = told.redemptions
  assert.deepEqual([result, told.order.status], ['SUCCESS', 'PAID'])
  await refused(redemptions.redeemStackable(cart(shop, shop.known.code)), 400, 'quantity_exceeded')
  assert.equal((await redemptions.get(id)).voucher.code, shop.known.code)
  assert.ok((await redemptions.list({ customer: shop.known.customer, limit: 100 })).redemptions.some((one) => one.id === id))
  assert.equal((await redemptions.getForVoucher(shop.known.code)).redeemed_quantity, 1)
  assert.equal((await redemptions.rollback(id, 'Returned')).result, 'SUCCESS')
  await refused(redemptions.rollback(id, 'Returned'), 400, 'already_rolled_back')
})

tries('codes are redeemed the older ways, and as a stack', ['redemptions.redeem', 'redemptions.rollbackStackable', 'client.redeemStackable'], async (shop) => {
  const { redemptions } = shop.server
  const context = { customer: { source_id: shop.known.sourceId }, order: { amount: 12000 } }
  assert.equal((await redemptions.redeem(shop.known.own, context)).result, 'SUCCESS')
  const redeemables = [{ object: 'voucher', id: shop.known.gift, gift: { credits: 1500 } }, { object: 'voucher', id: shop.known.own }]
  const told = await redemptions.redeemStackable(cart(shop, '', { redeemables }))
  const back = await redemptions.rollbackStackable(told.parent_redemption.id, { reason: 'Returned' })
  assert.equal(back.rollbacks.length, 2)
  assert.equal((await shop.browser.redeemStackable(cart(shop, shop.known.own))).redemptions[0].result, 'SUCCESS')
})

tries('a code is kept for a till and let go', ['vouchers.releaseValidationSession'], async (shop) => {
  const session = { type: 'LOCK', key: shop.unique('till'), ttl: 10, ttl_unit: 'MINUTES' }
  await shop.server.validations.validateStackable(cart(shop, shop.known.code, { session }))
  await shop.server.vouchers.releaseValidationSession(shop.known.code, session.key)
})

tries('what she could use is told', ['qualifications.checkEligibility', 'client.qualifications', 'customers.listRedeemables'], async (shop) => {
  const asked = { customer: { source_id: shop.known.sourceId }, order: { amount: 12000 } }
  const wallet = { ...asked, scenario: 'CUSTOMER_WALLET' }
  assert.ok((await shop.server.qualifications.checkEligibility(wallet)).redeemables.data.length > 0)
  assert.ok((await shop.browser.qualifications(wallet)).redeemables)
  assert.ok((await shop.server.customers.listRedeemables(shop.known.sourceId)).data.length > 0)
})
