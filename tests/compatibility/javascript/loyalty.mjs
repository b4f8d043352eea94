// A loyalty program: members, what they earn, and what they take for it.

import assert from 'node:assert/strict'
import { eventually, refused, tries } from './story.mjs'

tries('a program is made, changed and listed', ['loyalties.create', 'loyalties.get', 'loyalties.list', 'loyalties.update'], async (shop) => {
  const { loyalties } = shop.server
  const voucher = { type: 'LOYALTY_CARD', loyalty_card: { points: 0 } }
  const made = await loyalties.create({ name: shop.unique('Club'), campaign_type: 'LOYALTY_PROGRAM', type: 'AUTO_UPDATE', vouchers_count: 2, voucher })
  shop.known.club = made.id
  assert.equal((await loyalties.get(made.id)).join_once, true)
  assert.ok((await loyalties.list({ limit: 100 })).campaigns.some((one) => one.id === made.id))
  assert.deepEqual((await loyalties.update({ id: made.id, metadata: { wave: 2 } })).metadata, { wave: 2 })
  await refused(loyalties.get('camp_none'), 404, 'not_found')
})

tries('customers become members', ['loyalties.createMember', 'loyalties.getMember', 'loyalties.listMembers'], async (shop) => {
  const { loyalties } = shop.server
  shop.known.member = shop.unique('member')
  const card = await loyalties.createMember(shop.known.club, { customer: { source_id: shop.known.member } })
  shop.known.card = card.code
  assert.equal((await loyalties.getMember(shop.known.club, card.code)).id, card.id)
  assert.equal((await loyalties.getMember(null, card.code)).id, card.id)
  assert.equal((await loyalties.listMembers(shop.known.club)).vouchers.length, 1)
})

tries('orders earn points', ['loyalties.createEarningRule', 'loyalties.getEarningRule', 'loyalties.listEarningRules', 'loyalties.updateEarningRule', 'loyalties.disableEarningRule', 'loyalties.enableEarningRule'], async (shop) => {
  const { loyalties, orders } = shop.server
  const [rule] = await loyalties.createEarningRule(shop.known.club, [{ event: 'order.paid', loyalty: { type: 'FIXED', points: 50 }, source: { banner: 'Orders' } }])
  shop.known.rule = rule.id
  assert.equal((await loyalties.getEarningRule(shop.known.club, rule.id)).loyalty.points, 50)
  assert.equal((await loyalties.listEarningRules(shop.known.club)).total, 1)
  assert.equal((await loyalties.updateEarningRule(shop.known.club, { id: rule.id, loyalty: { type: 'FIXED', points: 60 } })).loyalty.points, 60)
  assert.equal((await loyalties.disableEarningRule(shop.known.club, rule.id)).active, false)
  assert.equal((await loyalties.enableEarningRule(shop.known.club, rule.id)).active, true)
  await orders.create({ customer: { source_id: shop.known.member }, amount: 4000, status: 'PAID' })
  await eventually(async () => (await loyalties.getMember(null, shop.known.card)).loyalty_card.balance === 60)
})

tries('points are moved by hand', ['loyalties.addPoints', 'loyalties.addOrRemoveCardBalance', 'loyalties.transferPoints', 'loyalties.getPointsExpiration'], async (shop) => {
  const { loyalties } = shop.server
  const { club, card } = shop.known
  assert.equal((await loyalties.addPoints(club, card, { points: 40 })).balance, 100)
  assert.equal((await loyalties.addOrRemoveCardBalance(card, { points: -10 })).balance, 90)
  const other = await loyalties.createMember(club, { customer: { source_id: shop.unique('friend') } })
  const moved = await loyalties.transferPoints(club, other.code, [{ code: card, points: 20, reason: 'Gift', source_id: shop.unique('move') }])
  assert.equal(moved.loyalty_card.balance, 20)
  assert.equal((await loyalties.getPointsExpiration(club, card)).total, 0)
  await refused(loyalties.addPoints(club, card, { points: -71 }), 400, 'loyalty_card_points_exceeded')
})

tries('what moved is told', ['loyalties.listCardTransactions', 'loyalties.exportCardTransactions', 'loyalties.listMemberActivity', 'loyalties.getMemberActivities'], async (shop) => {
  const { loyalties } = shop.server
  const { club, card } = shop.known
  assert.equal((await loyalties.listCardTransactions(card, club)).data.length, 4)
  assert.equal((await loyalties.listCardTransactions(card, null)).data[0].type, 'POINTS_TRANSFER_OUT')
  assert.ok((await loyalties.exportCardTransactions(card, club, { parameters: { fields: ['id', 'type'] } })).id)
  assert.ok((await loyalties.listMemberActivity(club, card)).data.some((one) => one.type === 'customer.rewarded'))
  assert.ok((await loyalties.getMemberActivities(null, card)).data.length)
})

tries('a reward is kept, and had in the program', ['rewards.create', 'rewards.get', 'rewards.list', 'rewards.update', 'rewards.createAssignment', 'rewards.getAssignment', 'rewards.listAssignments', 'rewards.updateAssignment', 'rewards.deleteAssignment'], async (shop) => {
  const { rewards } = shop.server
  const made = await rewards.create({ name: shop.unique('Pay'), parameters: { coin: { exchange_ratio: 1, points_ratio: 10 } } })
  shop.known.reward = made.id
  assert.equal((await rewards.get(made.id)).type, 'COIN')
  assert.ok((await rewards.list({ limit: 100 })).data.some((one) => one.id === made.id))
  assert.equal((await rewards.update({ id: made.id, name: 'Pay with points', stock: 5 })).stock, 5)
  const on = await rewards.createAssignment(made.id, { campaign: shop.known.club, parameters: { loyalty: { points: 10 } } })
  assert.equal((await rewards.getAssignment(made.id, on.id)).reward_id, made.id)
  assert.equal((await rewards.listAssignments(made.id)).total, 1)
  const changed = await rewards.updateAssignment(made.id, { id: on.id, parameters: { loyalty: { points: 20 } } })
  assert.equal(changed.parameters.loyalty.points, 20)
  await rewards.deleteAssignment(made.id, on.id)
})

tries('points pay an order', ['loyalties.createRewardAssignments', 'loyalties.getRewardAssignment', 'loyalties.getRewardDetails', 'loyalties.listRewardAssignments', 'loyalties.updateRewardAssignment', 'loyalties.listMemberRewards', 'loyalties.redeemReward', 'loyalties.deleteRewardAssignment'], async (shop) => {
  const { loyalties } = shop.server
  const { club, card, reward } = shop.known
  const [on] = await loyalties.createRewardAssignments(club, [{ reward, parameters: { loyalty: { points: 10 } } }])
  assert.equal((await loyalties.getRewardAssignment(club, on.id)).id, on.id)
  assert.equal((await loyalties.getRewardDetails(club, on.id)).id, reward)
  assert.equal((await loyalties.listRewardAssignments(club)).total, 1)
  assert.equal((await loyalties.updateRewardAssignment(club, { id: on.id, parameters: { loyalty: { points: 15 } } })).parameters.loyalty.points, 15)
  assert.equal((await loyalties.listMemberRewards(card)).data[0].reward.id, reward)
  const told = await loyalties.redeemReward(club, card, { reward: { id: reward, points: 30 }, order: { amount: 1000 } })
  assert.deepEqual([told.result, told.amount, told.order.total_amount], ['SUCCESS', 30, 700])
  await loyalties.deleteRewardAssignment(club, on.id)
})

tries('the program ends', ['loyalties.deleteEarningRule', 'loyalties.delete', 'rewards.delete'], async (shop) => {
  const { loyalties, rewards } = shop.server
  await loyalties.deleteEarningRule(shop.known.club, shop.known.rule)
  await rewards.delete(shop.known.reward)
  await loyalties.delete(shop.known.club)
  await refused(loyalties.get(shop.known.club), 404, 'not_found')
})
