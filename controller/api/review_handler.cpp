#include "controller/api/review_handler.hpp"

#include "controller/api/body.hpp"
#include "controller/api/respond.hpp"

namespace berth::api {

Result<http::Response> answerReview(Services& services, const Call& call, const ServedKind& kind) {
  BERTH_TRY(const auto wanted, wantedOf(call));
  const auto review = services.reviews.find(kind.type.resource());
  if (review == services.reviews.end())
    return Error{Reason::NotFound, "the server could not find the requested resource"};
  BERTH_TRY(auto fields, fieldPolicyOf(call.target, "CreateOptions"));
  BERTH_TRY(auto body, readBody(call.request));
  fields.duplicateKeys = std::move(body.duplicateKeys);
  BERTH_TRY(auto admitted, admitReview(kind, std::move(body.document), fields));
  BERTH_TRY(const auto answer, review->second(call, std::move(admitted.document)));
  auto response = documentResponse(201, answer, wanted);
  addWarnings(response, admitted.warnings);
  return response;
}

}  // namespace berth::api
