// What the shop sells, and what is bought.

import assert from 'node:assert/strict'
import { file, finished, refused, tries } from './story.mjs'

tries('a product is made, changed and listed', ['products.create', 'products.get', 'products.update', 'products.list'], async (shop) => {
  shop.known.productSource = shop.unique('tee')
  const made = await shop.server.products.create({ source_id: shop.known.productSource, name: 'Tee', price: 3000 })
  shop.known.product = made.id
  assert.equal((await shop.server.products.get(shop.known.productSource)).id, made.id)
  assert.equal((await shop.server.products.update({ id: made.id, price: 2500 })).price, 2500)
  assert.ok((await shop.server.products.list({ limit: 100 })).products.some((one) => one.id === made.id))
})

tries('a product has variants', ['products.createSku', 'products.getSku', 'products.updateSku', 'products.listSkus', 'products.deleteSku'], async (shop) => {
  const { products } = shop.server
  const sku = await products.createSku(shop.known.product, { source_id: shop.unique('tee-m'), sku: 'M', price: 2600 })
  assert.equal((await products.getSku(sku.id)).sku, 'M')
  assert.equal((await products.updateSku(shop.known.product, { id: sku.id, price: 2700 })).price, 2700)
  assert.equal((await products.listSkus(shop.known.product)).skus.length, 1)
  await products.deleteSku(shop.known.product, sku.id, { force: true })
  await refused(products.getSku(sku.id), 404, 'not_found')
})

tries('many products are changed at once, or come from files', ['products.bulkUpdate', 'products.bulkUpdateMetadata', 'products.importCSV', 'products.importSkusCSV'], async (shop) => {
  const { products } = shop.server
  const source = shop.known.productSource
  await finished(shop, await products.bulkUpdate([{ source_id: source, name: 'T-shirt' }]))
  await finished(shop, await products.bulkUpdateMetadata({ source_ids: [source], metadata: { season: 'spring' } }))
  const [mug, blue] = [shop.unique('mug'), shop.unique('blue')]
  await finished(shop, await products.importCSV(await file(shop, 'products.csv', `name,source_id,price\nMug,${mug},12.50\n`)))
  const skus = await file(shop, 'skus.csv', `product_id,sku,source_id,price\n${mug},Blue,${blue},13.00\n`)
  await finished(shop, await products.importSkusCSV(skus))
  const found = await products.get(source)
  assert.deepEqual([found.name, found.metadata.season, (await products.getSku(blue)).sku], ['T-shirt', 'spring', 'Blue'])
})

tries('products are collected', ['productCollections.create', 'productCollections.get', 'productCollections.list', 'productCollections.listProducts', 'productCollections.delete'], async (shop) => {
  const { productCollections } = shop.server
  const products = [{ id: shop.known.product, object: 'product' }]
  const made = await productCollections.create({ type: 'STATIC', name: shop.unique('Shirts'), products })
  assert.equal((await productCollections.get(made.id)).name, made.name)
  assert.ok((await productCollections.list({ limit: 100 })).data.some((one) => one.id === made.id))
  assert.equal((await productCollections.listProducts(made.id)).total, 1)
  await productCollections.delete(made.id)
})

tries('an order is placed, paid and listed', ['orders.create', 'orders.get', 'orders.update', 'orders.list', 'orders.import'], async (shop) => {
  const source_id = shop.unique('order')
  const items = [{ source_id: shop.known.productSource, related_object: 'product', quantity: 2, price: 2600 }]
  const made = await shop.server.orders.create({ source_id, customer: { source_id: shop.known.sourceId }, items })
  assert.deepEqual([made.amount, made.status], [5200, 'CREATED'])
  assert.equal((await shop.server.orders.update({ id: made.id, status: 'PAID' })).status, 'PAID')
  assert.equal((await shop.server.orders.get(source_id)).id, made.id)
  assert.ok((await shop.server.orders.list({ limit: 100 })).orders.some((one) => one.id === made.id))
  await finished(shop, await shop.server.orders.import([{ source_id: shop.unique('past'), amount: 900, status: 'PAID' }]))
})

tries('a product is deleted', ['products.delete'], async (shop) => {
  const made = await shop.server.products.create({ source_id: shop.unique('gone'), name: 'Gone' })
  await shop.server.products.delete(made.id, { force: true })
  await refused(shop.server.products.get(made.id), 404, 'not_found')
})
