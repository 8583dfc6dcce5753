/** What channels may want to know of products besides their name: taxes, category, and the digest of the image. */
import { z } from 'zod'
import type { Odoo } from './odoo.ts'
import { link, text } from './values.ts'

const detailRow = z.object({ id: z.number(), product_tmpl_id: link, categ_id: link, taxes_id: z.array(z.number()) })
const taxRow = z.object({ id: z.number(), name: z.string() })
const imageRow = z.object({ id: z.number(), res_model: text, res_id: z.number(), checksum: text })

export interface Details {
  taxes: string[]
  category?: string
  image?: string
}

/** By id of the product. Three calls for a whole page, and no image is fetched: Odoo keeps a checksum of each. */
export async function detailsOf({ client }: Odoo, ids: readonly number[]): Promise<Map<number, Details>> {
  const rows = await client.read('product.product', detailRow, ids)
  if (rows.length === 0) return new Map()
  const taxIds = [...new Set(rows.flatMap(({ taxes_id: all }) => all))]
  const taxes = new Map((await client.read('account.tax', taxRow, taxIds)).map(({ id, name }) => [id, name]))
  const templates = rows.flatMap(({ product_tmpl_id: one }) => (one ? [one[0]] : []))
  // Attachments of fields are only listed to those who ask for the field by name.
  const images = await client.search('ir.attachment', imageRow, [
    ['res_field', 'in', ['image_1920', 'image_variant_1920']],
    '|',
    '&', ['res_model', '=', 'product.template'], ['res_id', 'in', [...new Set(templates)]],
    '&', ['res_model', '=', 'product.product'], ['res_id', 'in', rows.map(({ id }) => id)],
  ]) // prettier-ignore
  const checksums = new Map(images.map(({ res_model: model, res_id: id, checksum }) => [`${model}/${id}`, checksum]))
  return new Map(
    rows.map(({ id, product_tmpl_id: template, categ_id: category, taxes_id: all }) => {
      const image =
        checksums.get(`product.product/${id}`) || (template && checksums.get(`product.template/${template[0]}`))
      const names = all.flatMap((tax) => taxes.get(tax) ?? []).sort()
      return [id, { taxes: names, ...(category && { category: category[1] }), ...(image && { image }) }]
    }),
  )
}
