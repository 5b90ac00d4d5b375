/// @file
/// The closed list of reasons that conditions and events of Host and
/// ClientDeployment give.  Each has a page in docs/reference/reasons/.
#pragma once

namespace berth::reason {

// All is well, or will be by itself.
inline constexpr const char* kReady = "Ready";
inline constexpr const char* kPlaced = "Placed";
inline constexpr const char* kImagePresent = "ImagePresent";
inline constexpr const char* kRunning = "Running";
inline constexpr const char* kProbeSucceeded = "ProbeSucceeded";
inline constexpr const char* kSettled = "Settled";
inline constexpr const char* kCreating = "Creating";
inline constexpr const char* kPullingImage = "PullingImage";
inline constexpr const char* kStarting = "Starting";
inline constexpr const char* kWaiting = "Waiting";
inline constexpr const char* kNotRunning = "NotRunning";

// As it was asked for.
inline constexpr const char* kStopped = "Stopped";
inline constexpr const char* kPaused = "Paused";
inline constexpr const char* kDeleting = "Deleting";

// Placement.
inline constexpr const char* kNoHosts = "NoHosts";
inline constexpr const char* kUnschedulable = "Unschedulable";
inline constexpr const char* kHostNotFound = "HostNotFound";
inline constexpr const char* kHostNotReady = "HostNotReady";
inline constexpr const char* kDataElsewhere = "DataElsewhere";
inline constexpr const char* kPortsExhausted = "PortsExhausted";

// What the spec names is not there, or cannot be.
inline constexpr const char* kInvalidSpec = "InvalidSpec";
inline constexpr const char* kNotSupported = "NotSupported";
inline constexpr const char* kReferenceNotFound = "ReferenceNotFound";
inline constexpr const char* kSecretKeyLost = "SecretKeyLost";

// Image.
inline constexpr const char* kImageNotFound = "ImageNotFound";
inline constexpr const char* kImageDenied = "ImageDenied";
inline constexpr const char* kImagePullFailed = "ImagePullFailed";

// Data.
inline constexpr const char* kDataMissing = "DataMissing";
inline constexpr const char* kVolumeTaken = "VolumeTaken";
inline constexpr const char* kSnapshotTaken = "SnapshotTaken";
inline constexpr const char* kDataRetained = "DataRetained";

// Container.
inline constexpr const char* kNameTaken = "NameTaken";
inline constexpr const char* kPortTaken = "PortTaken";
inline constexpr const char* kCannotRun = "CannotRun";
inline constexpr const char* kDiskFull = "DiskFull";
inline constexpr const char* kCrashLoop = "CrashLoop";
inline constexpr const char* kContainerDied = "ContainerDied";
inline constexpr const char* kDriftDetected = "DriftDetected";
inline constexpr const char* kEngineUnreachable = "EngineUnreachable";
inline constexpr const char* kEngineError = "EngineError";

// Health.
inline constexpr const char* kProbeFailing = "ProbeFailing";
inline constexpr const char* kStartupFailed = "StartupFailed";
inline constexpr const char* kLivenessFailed = "LivenessFailed";
inline constexpr const char* kProgressDeadlineExceeded = "ProgressDeadlineExceeded";

// Host.
inline constexpr const char* kEngineReady = "EngineReady";
inline constexpr const char* kEngineTooOld = "EngineTooOld";
inline constexpr const char* kConnectionUnsupported = "ConnectionUnsupported";
inline constexpr const char* kCordoned = "Cordoned";
inline constexpr const char* kInUse = "InUse";
inline constexpr const char* kOrphanFound = "OrphanFound";
inline constexpr const char* kOrphanRemoved = "OrphanRemoved";

// Events about what was done.
inline constexpr const char* kCreated = "Created";
inline constexpr const char* kStarted = "Started";
inline constexpr const char* kUpdated = "Updated";

}  // namespace berth::reason
