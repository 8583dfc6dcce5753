/** No page is at this address. */
import { Heading } from '../components/heading.tsx'
import { Empty } from '../components/states.tsx'

export const MissingPage = () => (
  <>
    <Heading title="No page here" />
    <div class="card">
      <Empty title="Nothing is at this address">
        <p>It may have been cut off on the way. Orders and stock can be found by searching for their name.</p>
        <a class="button" href="/orders">
          Search orders
        </a>
      </Empty>
    </div>
  </>
)
