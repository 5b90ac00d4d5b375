#include "core/object/meta.hpp"

namespace berth {

template Json encode(const ObjectMeta& value);
template Result<ObjectMeta> decode(const Json& document);

}  // namespace berth
