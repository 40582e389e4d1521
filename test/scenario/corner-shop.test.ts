import { describe } from 'vitest'
import { localPlace } from './local-place.js'
import { shopStory } from './shop-story.js'

describe('the corner shop on this host', () => {
  shopStory(localPlace, 'golden/corner-shop.txt')
})
