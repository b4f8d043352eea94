// Leads the SDK through a shop's day and tells, as one JSON object, which methods there are, which passed and what failed.
//
//   node run.mjs '{"address": "http://127.0.0.1:8000", "folder": "/tmp/day", "server": {...}, "browser": {...}}'

import sdk from '@voucherify/sdk'
import { allMethods } from './methods.mjs'
import { steps } from './story.mjs'

for (const part of ['people', 'goods', 'codes', 'till', 'promotions', 'loyalty', 'leaving']) await import(`./${part}.mjs`)

const given = JSON.parse(process.argv[2])
const server = sdk.VoucherifyServerSide({
  applicationId: given.server.app_id, secretKey: given.server.app_token, apiUrl: given.address,
})
const browser = sdk.VoucherifyClientSide({
  clientApplicationId: given.browser.app_id, clientSecretKey: given.browser.app_token, apiUrl: given.address,
  origin: 'http://shop.example',
})
const stranger = sdk.VoucherifyServerSide({ applicationId: 'no', secretKey: 'no', apiUrl: given.address })

const unique = (word) => `${word}_${process.hrtime.bigint()}`
const shop = { server, browser, stranger, folder: given.folder, known: {}, unique }
const passed = []
const failed = []
for (const step of steps) {
  try {
    await step.run(shop)
    passed.push(...step.methods)
  } catch (error) {
    const at = `${error.stack}`.split('\n').find((line) => line.includes('/javascript/'))
    failed.push({ step: step.name, told: `${error.key || ''} ${error.details || error.message}`, at })
  }
}
console.log(JSON.stringify({ methods: allMethods(server, browser), tried: steps.flatMap((s) => s.methods), passed, failed }))
