// One line in the log for each job that ends.
#ifndef SINTER_SERVER_COORDINATOR_JOB_LOG_H_
#define SINTER_SERVER_COORDINATOR_JOB_LOG_H_

#include "base/log.h"
#include "proto/sinter/v1/job.pb.h"

namespace sinter::server {

// REQUIRES: the job is finished.
void LogJobEnd(const base::Logger& log, const v1::Job& job);

}  // namespace sinter::server

#endif  // SINTER_SERVER_COORDINATOR_JOB_LOG_H_
