//! Graph's delegated permissions that no operation here asks for. Apps ask for
//! them all the same, and get a consent page and a token with their name in it.
//!
//! Source: "Microsoft Graph permissions reference", delegated permissions and the
//! column "Admin consent required".

/// What the consent page says of each, besides its name.
pub const DETAIL: &str = "The sandbox has nothing behind this permission.";

/// Those that everybody may consent to.
#[rustfmt::skip]
pub const BY_ANYBODY: &[&str] = &[
    "Acronym.Read.All", "Analytics.Read", "AppCatalog.Read.All", "AppCatalog.Submit", "Bookings.Manage.All",
    "Bookings.Read.All", "Bookings.ReadWrite.All", "BookingsAppointment.ReadWrite.All", "Bookmark.Read.All",
    "Calendars.Read", "Calendars.Read.Shared", "Calendars.ReadBasic", "Calendars.ReadWrite",
    "Calendars.ReadWrite.Shared", "Channel.ReadBasic.All", "ChannelMessage.Edit", "ChannelMessage.ReadWrite",
    "ChannelMessage.Send", "Chat.Create", "Chat.Read", "Chat.ReadBasic", "Chat.ReadWrite", "ChatMessage.Read",
    "ChatMessage.Send", "CloudPC.Read.All", "CloudPC.ReadWrite.All", "Community.Read.All", "Contacts.Read",
    "Contacts.Read.Shared", "Contacts.ReadWrite", "Contacts.ReadWrite.Shared", "CrossTenantUserProfileSharing.Read",
    "CrossTenantUserProfileSharing.ReadWrite", "Device.Command", "Device.Read", "EAS.AccessAsUser.All",
    "EduCurricula.Read", "EduCurricula.ReadWrite", "EWS.AccessAsUser.All", "Family.Read", "Files.Read",
    "Files.Read.All", "Files.Read.Selected", "Files.ReadWrite", "Files.ReadWrite.All", "Files.ReadWrite.AppFolder",
    "Files.ReadWrite.Selected", "Files.SelectedOperations.Selected", "FileStorageContainer.Selected",
    "Financials.ReadWrite.All", "IMAP.AccessAsUser.All", "InformationProtectionPolicy.Read",
    "LearningAssignedCourse.Read", "LearningSelfInitiatedCourse.Read", "ListItems.SelectedOperations.Selected",
    "Lists.SelectedOperations.Selected", "Mail.Read.Shared", "Mail.ReadBasic.Shared", "Mail.ReadWrite.Shared",
    "MailboxFolder.Read", "MailboxFolder.ReadWrite", "MailboxItem.ImportExport", "MailboxItem.Read", "Notes.Create",
    "Notes.Read", "Notes.Read.All", "Notes.ReadWrite", "Notes.ReadWrite.All", "Notes.ReadWrite.CreatedByApp",
    "Notifications.ReadWrite.CreatedByApp", "OnlineMeetingArtifact.Read.All", "OnlineMeetings.Read",
    "OnlineMeetings.ReadWrite", "POP.AccessAsUser.All", "Presence.ReadWrite", "PrinterShare.Read.All",
    "PrinterShare.ReadBasic.All", "PrintJob.Create", "PrintJob.Read", "PrintJob.ReadBasic", "PrintJob.ReadWrite",
    "PrintJob.ReadWriteBasic", "QnA.Read.All", "ResourceSpecificPermissionGrant.ReadForUser", "Schedule.Read.All",
    "SensitivityLabel.Read", "ShortNotes.Read", "ShortNotes.ReadWrite", "Sites.Manage.All", "Sites.Read.All",
    "Sites.ReadWrite.All", "Sites.Selected", "SMTP.Send", "Tasks.Read", "Tasks.Read.Shared", "Tasks.ReadWrite",
    "Tasks.ReadWrite.Shared", "Team.Create", "Team.ReadBasic.All", "TeamsActivity.Read", "TeamsActivity.Send",
    "TeamsAppInstallation.ReadForUser", "TeamTemplates.Read", "UnifiedGroupMember.Read.AsGuest",
    "UserActivity.ReadWrite.CreatedByApp", "UserNotification.ReadWrite.CreatedByApp", "UserTeamwork.Read",
    "UserTimelineActivity.Write.CreatedByApp", "VirtualAppointment.Read", "VirtualAppointment.ReadWrite",
    "VirtualAppointmentNotification.Send", "VirtualEvent.Read", "VirtualEvent.ReadWrite",
    "WorkforceIntegration.Read.All",
];

/// Those that only an administrator may grant.
#[rustfmt::skip]
pub const BY_ADMINISTRATORS: &[&str] = &[
    "AccessReview.Read.All", "AccessReview.ReadWrite.All", "AccessReview.ReadWrite.Membership",
    "AdministrativeUnit.Read.All", "AdministrativeUnit.ReadWrite.All", "Agreement.Read.All",
    "Agreement.ReadWrite.All", "AgreementAcceptance.Read", "AgreementAcceptance.Read.All", "APIConnectors.Read.All",
    "APIConnectors.ReadWrite.All", "AppCatalog.ReadWrite.All", "Application.Read.All", "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All", "AttackSimulation.Read.All", "AttackSimulation.ReadWrite.All",
    "AuditLog.Read.All", "AuditLogsQuery.Read.All", "AuthenticationContext.Read.All",
    "AuthenticationContext.ReadWrite.All", "BackupRestore-Configuration.Read.All",
    "BackupRestore-Configuration.ReadWrite.All", "BackupRestore-Control.Read.All",
    "BackupRestore-Control.ReadWrite.All", "BackupRestore-Monitor.Read.All", "BackupRestore-Restore.Read.All",
    "BackupRestore-Restore.ReadWrite.All", "BackupRestore-Search.Read.All", "BitlockerKey.Read.All",
    "BitlockerKey.ReadBasic.All", "BrowserSiteLists.Read.All", "BrowserSiteLists.ReadWrite.All",
    "BusinessScenarioConfig.Read.All", "BusinessScenarioConfig.Read.OwnedBy", "BusinessScenarioConfig.ReadWrite.All",
    "BusinessScenarioConfig.ReadWrite.OwnedBy", "BusinessScenarioData.Read.OwnedBy",
    "BusinessScenarioData.ReadWrite.OwnedBy", "Channel.Create", "Channel.Delete.All", "ChannelMember.Read.All",
    "ChannelMember.ReadWrite.All", "ChannelMessage.Read.All", "ChannelSettings.Read.All",
    "ChannelSettings.ReadWrite.All", "Chat.ManageDeletion.All", "Chat.ReadWrite.All", "ChatMember.Read",
    "ChatMember.ReadWrite", "Community.ReadWrite.All", "ConsentRequest.Read.All", "ConsentRequest.ReadWrite.All",
    "CrossTenantInformation.ReadBasic.All", "CrossTenantUserProfileSharing.Read.All",
    "CrossTenantUserProfileSharing.ReadWrite.All", "CustomAuthenticationExtension.Read.All",
    "CustomAuthenticationExtension.ReadWrite.All", "CustomSecAttributeAssignment.Read.All",
    "CustomSecAttributeAssignment.ReadWrite.All", "CustomSecAttributeAuditLogs.Read.All",
    "CustomSecAttributeDefinition.Read.All", "CustomSecAttributeDefinition.ReadWrite.All",
    "DelegatedAdminRelationship.Read.All", "DelegatedAdminRelationship.ReadWrite.All",
    "DelegatedPermissionGrant.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Device.Read.All",
    "DeviceLocalCredential.Read.All", "DeviceLocalCredential.ReadBasic.All", "DeviceManagementApps.Read.All",
    "DeviceManagementApps.ReadWrite.All", "DeviceManagementConfiguration.Read.All",
    "DeviceManagementConfiguration.ReadWrite.All", "DeviceManagementManagedDevices.PrivilegedOperations.All",
    "DeviceManagementManagedDevices.Read.All", "DeviceManagementManagedDevices.ReadWrite.All",
    "DeviceManagementRBAC.Read.All", "DeviceManagementRBAC.ReadWrite.All", "DeviceManagementScripts.Read.All",
    "DeviceManagementScripts.ReadWrite.All", "DeviceManagementServiceConfig.Read.All",
    "DeviceManagementServiceConfig.ReadWrite.All", "Directory.AccessAsUser.All", "Directory.Read.All",
    "Directory.ReadWrite.All", "Directory.Write.Restricted", "DirectoryRecommendations.Read.All",
    "DirectoryRecommendations.ReadWrite.All", "Domain.Read.All", "Domain.ReadWrite.All", "eDiscovery.Read.All",
    "eDiscovery.ReadWrite.All", "EduAdministration.Read", "EduAdministration.ReadWrite", "EduAssignments.Read",
    "EduAssignments.ReadBasic", "EduAssignments.ReadWrite", "EduAssignments.ReadWriteBasic", "EduRoster.Read",
    "EduRoster.ReadBasic", "EduRoster.ReadWrite", "EntitlementManagement.Read.All",
    "EntitlementManagement.ReadWrite.All", "EventListener.Read.All", "EventListener.ReadWrite.All",
    "ExternalConnection.Read.All", "ExternalConnection.ReadWrite.All", "ExternalConnection.ReadWrite.OwnedBy",
    "ExternalItem.Read.All", "ExternalItem.ReadWrite.All", "ExternalItem.ReadWrite.OwnedBy",
    "ExternalUserProfile.Read.All", "ExternalUserProfile.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All",
    "GroupMember.Read.All", "GroupMember.ReadWrite.All", "GroupSettings.Read.All", "GroupSettings.ReadWrite.All",
    "HealthMonitoringAlert.Read.All", "HealthMonitoringAlert.ReadWrite.All", "IdentityProvider.Read.All",
    "IdentityProvider.ReadWrite.All", "IdentityRiskEvent.Read.All", "IdentityRiskEvent.ReadWrite.All",
    "IdentityRiskyServicePrincipal.Read.All", "IdentityRiskyServicePrincipal.ReadWrite.All",
    "IdentityRiskyUser.Read.All", "IdentityRiskyUser.ReadWrite.All", "IdentityUserFlow.Read.All",
    "IdentityUserFlow.ReadWrite.All", "IndustryData.ReadBasic.All", "LearningContent.Read.All",
    "LearningContent.ReadWrite.All", "LearningProvider.Read", "LearningProvider.ReadWrite",
    "LicenseAssignment.Read.All", "LicenseAssignment.ReadWrite.All", "LifecycleWorkflows.Read.All",
    "LifecycleWorkflows.ReadWrite.All", "ManagedTenants.Read.All", "ManagedTenants.ReadWrite.All",
    "Member.Read.Hidden", "MultiTenantOrganization.Read.All", "MultiTenantOrganization.ReadBasic.All",
    "MultiTenantOrganization.ReadWrite.All", "MutualTlsOauthConfiguration.Read.All",
    "MutualTlsOauthConfiguration.ReadWrite.All", "NetworkAccess.Read.All", "NetworkAccess.ReadWrite.All",
    "NetworkAccessBranch.Read.All", "NetworkAccessBranch.ReadWrite.All", "NetworkAccessPolicy.Read.All",
    "NetworkAccessPolicy.ReadWrite.All", "OnlineMeetingRecording.Read.All", "OnlineMeetingTranscript.Read.All",
    "OnPremDirectorySynchronization.Read.All", "OnPremDirectorySynchronization.ReadWrite.All",
    "OnPremisesPublishingProfiles.ReadWrite.All", "Organization.Read.All", "Organization.ReadWrite.All",
    "OrganizationalBranding.Read.All", "OrganizationalBranding.ReadWrite.All", "OrgContact.Read.All",
    "OrgSettings-AppsAndServices.Read.All", "OrgSettings-AppsAndServices.ReadWrite.All", "OrgSettings-Forms.Read.All",
    "OrgSettings-Forms.ReadWrite.All", "OrgSettings-Microsoft365Install.Read.All",
    "OrgSettings-Microsoft365Install.ReadWrite.All", "OrgSettings-Todo.Read.All", "OrgSettings-Todo.ReadWrite.All",
    "PartnerBilling.Read.All", "PartnerSecurity.Read.All", "PartnerSecurity.ReadWrite.All",
    "PendingExternalUserProfile.Read.All", "PendingExternalUserProfile.ReadWrite.All", "People.Read.All",
    "PeopleSettings.Read.All", "PeopleSettings.ReadWrite.All", "Place.Read.All", "Place.ReadWrite.All",
    "Policy.Read.All", "Policy.Read.AuthenticationMethod", "Policy.Read.ConditionalAccess",
    "Policy.Read.DeviceConfiguration", "Policy.Read.IdentityProtection", "Policy.Read.PermissionGrant",
    "Policy.ReadWrite.AccessReview", "Policy.ReadWrite.ApplicationConfiguration",
    "Policy.ReadWrite.AuthenticationFlows", "Policy.ReadWrite.AuthenticationMethod", "Policy.ReadWrite.Authorization",
    "Policy.ReadWrite.ConditionalAccess", "Policy.ReadWrite.ConsentRequest", "Policy.ReadWrite.CrossTenantAccess",
    "Policy.ReadWrite.DeviceConfiguration", "Policy.ReadWrite.ExternalIdentities", "Policy.ReadWrite.FeatureRollout",
    "Policy.ReadWrite.FedTokenValidation", "Policy.ReadWrite.IdentityProtection",
    "Policy.ReadWrite.MobilityManagement", "Policy.ReadWrite.PermissionGrant", "Policy.ReadWrite.SecurityDefaults",
    "Policy.ReadWrite.TrustFramework", "PrintConnector.Read.All", "PrintConnector.ReadWrite.All", "Printer.Create",
    "Printer.FullControl.All", "Printer.Read.All", "Printer.ReadWrite.All", "PrinterShare.ReadWrite.All",
    "PrintJob.Read.All", "PrintJob.ReadBasic.All", "PrintJob.ReadWrite.All", "PrintJob.ReadWriteBasic.All",
    "PrintSettings.Read.All", "PrintSettings.ReadWrite.All", "PrivilegedAccess.Read.AzureAD",
    "PrivilegedAccess.Read.AzureADGroup", "PrivilegedAccess.Read.AzureResources",
    "PrivilegedAccess.ReadWrite.AzureAD", "PrivilegedAccess.ReadWrite.AzureADGroup",
    "PrivilegedAccess.ReadWrite.AzureResources", "PrivilegedAssignmentSchedule.Read.AzureADGroup",
    "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup", "PrivilegedEligibilitySchedule.Read.AzureADGroup",
    "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup", "ProfilePhoto.Read.All", "ProfilePhoto.ReadWrite.All",
    "ProgramControl.Read.All", "ProgramControl.ReadWrite.All", "PublicKeyInfrastructure.Read.All",
    "PublicKeyInfrastructure.ReadWrite.All", "RecordsManagement.Read.All", "RecordsManagement.ReadWrite.All",
    "Reports.Read.All", "ReportSettings.Read.All", "ReportSettings.ReadWrite.All",
    "RoleAssignmentSchedule.Read.Directory", "RoleAssignmentSchedule.ReadWrite.Directory",
    "RoleEligibilitySchedule.Read.Directory", "RoleEligibilitySchedule.ReadWrite.Directory",
    "RoleManagement.Read.All", "RoleManagement.Read.CloudPC", "RoleManagement.Read.Directory",
    "RoleManagement.Read.Exchange", "RoleManagement.ReadWrite.CloudPC", "RoleManagement.ReadWrite.Directory",
    "RoleManagement.ReadWrite.Exchange", "RoleManagementAlert.Read.Directory",
    "RoleManagementAlert.ReadWrite.Directory", "RoleManagementPolicy.Read.AzureADGroup",
    "RoleManagementPolicy.Read.Directory", "RoleManagementPolicy.ReadWrite.AzureADGroup",
    "RoleManagementPolicy.ReadWrite.Directory", "Schedule.ReadWrite.All", "SchedulePermissions.ReadWrite.All",
    "SearchConfiguration.Read.All", "SearchConfiguration.ReadWrite.All", "SecurityActions.Read.All",
    "SecurityActions.ReadWrite.All", "SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All",
    "SecurityAnalyzedMessage.Read.All", "SecurityAnalyzedMessage.ReadWrite.All", "SecurityEvents.Read.All",
    "SecurityEvents.ReadWrite.All", "SecurityIdentitiesHealth.Read.All", "SecurityIdentitiesHealth.ReadWrite.All",
    "SecurityIdentitiesSensors.Read.All", "SecurityIdentitiesSensors.ReadWrite.All", "SecurityIncident.Read.All",
    "SecurityIncident.ReadWrite.All", "ServiceHealth.Read.All", "ServiceMessage.Read.All",
    "ServiceMessageViewpoint.Write", "ServicePrincipalEndpoint.Read.All", "ServicePrincipalEndpoint.ReadWrite.All",
    "SharePointTenantSettings.Read.All", "SharePointTenantSettings.ReadWrite.All", "Sites.FullControl.All",
    "SubjectRightsRequest.Read.All", "SubjectRightsRequest.ReadWrite.All", "Subscription.Read.All",
    "Synchronization.Read.All", "Synchronization.ReadWrite.All", "TeamMember.Read.All", "TeamMember.ReadWrite.All",
    "TeamMember.ReadWriteNonOwnerRole.All", "TeamsAppInstallation.ReadForChat", "TeamsAppInstallation.ReadForTeam",
    "TeamsAppInstallation.ReadWriteForChat", "TeamsAppInstallation.ReadWriteForTeam",
    "TeamsAppInstallation.ReadWriteForUser", "TeamsAppInstallation.ReadWriteSelfForChat",
    "TeamsAppInstallation.ReadWriteSelfForTeam", "TeamsAppInstallation.ReadWriteSelfForUser", "TeamSettings.Read.All",
    "TeamSettings.ReadWrite.All", "TeamsTab.Create", "TeamsTab.Read.All", "TeamsTab.ReadWrite.All",
    "TeamsTab.ReadWriteForChat", "TeamsTab.ReadWriteForTeam", "TeamsTab.ReadWriteForUser",
    "TeamsTab.ReadWriteSelfForChat", "TeamsTab.ReadWriteSelfForTeam", "TeamsTab.ReadWriteSelfForUser",
    "TeamsUserConfiguration.Read.All", "TeamworkAppSettings.Read.All", "TeamworkAppSettings.ReadWrite.All",
    "TeamworkDevice.Read.All", "TeamworkDevice.ReadWrite.All", "TeamworkTag.Read", "TeamworkTag.ReadWrite",
    "TermStore.Read.All", "TermStore.ReadWrite.All", "ThreatAssessment.ReadWrite.All", "ThreatHunting.Read.All",
    "ThreatIndicators.Read.All", "ThreatIndicators.ReadWrite.OwnedBy", "ThreatIntelligence.Read.All",
    "ThreatSubmission.Read", "ThreatSubmission.Read.All", "ThreatSubmission.ReadWrite",
    "ThreatSubmission.ReadWrite.All", "ThreatSubmissionPolicy.ReadWrite.All", "TrustFrameworkKeySet.Read.All",
    "TrustFrameworkKeySet.ReadWrite.All", "User-LifeCycleInfo.Read.All", "User-LifeCycleInfo.ReadWrite.All",
    "User-Mail.ReadWrite.All", "User-PasswordProfile.ReadWrite.All", "User-Phone.ReadWrite.All",
    "User.DeleteRestore.All", "User.EnableDisableAccount.All", "User.Export.All", "User.Invite.All",
    "User.ManageIdentities.All", "User.ReadWrite.All", "UserAuthenticationMethod.Read",
    "UserAuthenticationMethod.Read.All", "UserAuthenticationMethod.ReadWrite",
    "UserAuthenticationMethod.ReadWrite.All", "WindowsUpdates.ReadWrite.All", "WorkforceIntegration.ReadWrite.All",
];

/// A line for the consent page, made from the name: `Files.ReadWrite.All` lets an
/// app read and write all files.
pub fn title(name: &str) -> String {
    let mut parts = name.split('.');
    let what = words(parts.next().unwrap_or_default());
    let act = parts.next().unwrap_or_default();
    let how: Vec<&str> = parts.collect();
    let all = if how.contains(&"All") { "all " } else { "" };
    let shared = if how.contains(&"Shared") {
        ", what is shared with you too"
    } else {
        ""
    };
    let verb = match act {
        "Read" => "Read",
        "ReadBasic" => "Read the basics of",
        "ReadWrite" => "Read and write",
        "Create" => "Create",
        "Manage" => "Manage",
        "Send" => "Send",
        _ => {
            let rest = std::iter::once(act).chain(how).map(words);
            let rest = rest.collect::<Vec<_>>().join(", ");
            return format!("{}: {rest}", capitalised(&what));
        }
    };
    format!("{verb} {all}{what}{shared}")
}

/// `DeviceManagementApps` as words: a capital after a small letter begins one.
fn words(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 8);
    let mut after_small = false;
    for letter in name.chars() {
        if letter.is_uppercase() && after_small {
            text.push(' ');
        }
        after_small = letter.is_lowercase();
        text.extend(letter.to_lowercase());
    }
    text
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
