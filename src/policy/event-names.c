/*
 * Names of events that are not names of actions, and sources that are not
 * prefixes of actions. Data: one line a name, sorted by bytes.
 *
 * Which permission an operation asks for is told by
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-security-iam.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
 * https://docs.aws.amazon.com/keyspaces/latest/devguide/security_iam_service-with-iam.html
 * https://docs.aws.amazon.com/cost-management/latest/userguide/billing-permissions-ref.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 * and otherwise by the operation's own page in its API's reference ("… doesn't have its
 * own IAM permission", "Required permissions", "uses … in the Action element").
 *
 * UNSIGNED: the operations that their API's model calls without credentials of IAM
 * (authtype "none"), of Amazon Cognito and of IAM Identity Center; not the two of STS
 * where the role's trust policy decides. tests/tools/test_event_names.py holds this
 * table against those models and against the catalogue, both ways.
 */

#include "policy/event-private.h"

#define ASKS(event, action)                   \
	{                                     \
		(event), (action), EVENT_ASKS \
	}
#define FREE(event)                       \
	{                                 \
		(event), NULL, EVENT_FREE \
	}
#define UNSIGNED(event)                       \
	{                                     \
		(event), NULL, EVENT_UNSIGNED \
	}
#define SEVERAL(event)                       \
	{                                    \
		(event), NULL, EVENT_SEVERAL \
	}

static const struct event_name access_analyzer[] = {
	ASKS("GetFindingV2", "access-analyzer:GetFinding"),
	ASKS("ListFindingsV2", "access-analyzer:ListFindings"),
};

static const struct event_name apigateway[] = {
	ASKS("CreatePortal", "apigateway:CreatePortal"),
	ASKS("CreatePortalProduct", "apigateway:CreatePortalProduct"),
	ASKS("CreateProductPage", "apigateway:CreateProductPage"),
	ASKS("CreateProductRestEndpointPage", "apigateway:CreateProductRestEndpointPage"),
	ASKS("CreateRoutingRule", "apigateway:CreateRoutingRule"),
	ASKS("DeletePortal", "apigateway:DeletePortal"),
	ASKS("DeletePortalProduct", "apigateway:DeletePortalProduct"),
	ASKS("DeletePortalProductSharingPolicy", "apigateway:DeletePortalProductSharingPolicy"),
	ASKS("DeleteProductPage", "apigateway:DeleteProductPage"),
	ASKS("DeleteProductRestEndpointPage", "apigateway:DeleteProductRestEndpointPage"),
	ASKS("DeleteRoutingRule", "apigateway:DeleteRoutingRule"),
	ASKS("DisablePortal", "apigateway:DisablePortal"),
	ASKS("ExportApi", "apigateway:GET"),
	ASKS("FlushStageAuthorizersCache", "apigateway:DELETE"),
	ASKS("FlushStageCache", "apigateway:DELETE"),
	ASKS("GenerateClientCertificate", "apigateway:POST"),
	ASKS("GetPortal", "apigateway:GetPortal"),
	ASKS("GetPortalProduct", "apigateway:GetPortalProduct"),
	ASKS("GetPortalProductSharingPolicy", "apigateway:GetPortalProductSharingPolicy"),
	ASKS("GetProductPage", "apigateway:GetProductPage"),
	ASKS("GetProductRestEndpointPage", "apigateway:GetProductRestEndpointPage"),
	ASKS("GetRoutingRule", "apigateway:GetRoutingRule"),
	ASKS("ImportApi", "apigateway:PUT"),
	ASKS("ImportApiKeys", "apigateway:POST"),
	ASKS("ImportDocumentationParts", "apigateway:PUT"),
	ASKS("ImportRestApi", "apigateway:POST"),
	ASKS("ListPortalProducts", "apigateway:ListPortalProducts"),
	ASKS("ListPortals", "apigateway:ListPortals"),
	ASKS("ListProductPages", "apigateway:ListProductPages"),
	ASKS("ListProductRestEndpointPages", "apigateway:ListProductRestEndpointPages"),
	ASKS("ListRoutingRules", "apigateway:ListRoutingRules"),
	ASKS("PreviewPortal", "apigateway:PreviewPortal"),
	ASKS("PublishPortal", "apigateway:PublishPortal"),
	ASKS("PutPortalProductSharingPolicy", "apigateway:PutPortalProductSharingPolicy"),
	SEVERAL("PutRoutingRule"),
	ASKS("ReimportApi", "apigateway:PUT"),
	ASKS("RejectDomainNameAccessAssociation", "apigateway:POST"),
	ASKS("ResetAuthorizersCache", "apigateway:DELETE"),
	SEVERAL("TagResource"),
	ASKS("TestInvokeAuthorizer", "apigateway:POST"),
	ASKS("TestInvokeMethod", "apigateway:POST"),
	ASKS("UpdatePortal", "apigateway:UpdatePortal"),
	ASKS("UpdatePortalProduct", "apigateway:UpdatePortalProduct"),
	ASKS("UpdateProductPage", "apigateway:UpdateProductPage"),
	ASKS("UpdateProductRestEndpointPage", "apigateway:UpdateProductRestEndpointPage"),
	ASKS("UpdateRoutingRule", "apigateway:UpdateRoutingRule"),
};

static const struct event_name autoscaling[] = {
	ASKS("DeleteScalingPolicy", "application-autoscaling:DeleteScalingPolicy"),
	ASKS("DeregisterScalableTarget", "application-autoscaling:DeregisterScalableTarget"),
	ASKS("DescribeScalableTargets", "application-autoscaling:DescribeScalableTargets"),
	ASKS("DescribeScalingPolicies", "application-autoscaling:DescribeScalingPolicies"),
	ASKS("PutScheduledAction", "application-autoscaling:PutScheduledAction"),
	ASKS("RegisterScalableTarget", "application-autoscaling:RegisterScalableTarget"),
};

static const struct event_name batch[] = {
	ASKS("CancelJobs", "batch:CancelJob"),
	ASKS("TerminateJobs", "batch:TerminateJob"),
	ASKS("TerminateServiceJobs", "batch:TerminateServiceJob"),
};

static const struct event_name bcm_pricing_calculator[] = {
	ASKS("BatchCreateBillScenarioCommitmentModification",
	     "bcm-pricing-calculator:CreateBillScenarioCommitmentModification"),
	ASKS("BatchCreateBillScenarioUsageModification",
	     "bcm-pricing-calculator:CreateBillScenarioUsageModification"),
	ASKS("BatchCreateWorkloadEstimateUsage",
	     "bcm-pricing-calculator:CreateWorkloadEstimateUsage"),
	ASKS("BatchDeleteBillScenarioCommitmentModification",
	     "bcm-pricing-calculator:DeleteBillScenarioCommitmentModification"),
	ASKS("BatchDeleteBillScenarioUsageModification",
	     "bcm-pricing-calculator:DeleteBillScenarioUsageModification"),
	ASKS("BatchDeleteWorkloadEstimateUsage",
	     "bcm-pricing-calculator:DeleteWorkloadEstimateUsage"),
	ASKS("BatchUpdateBillScenarioCommitmentModification",
	     "bcm-pricing-calculator:UpdateBillScenarioCommitmentModification"),
	ASKS("BatchUpdateBillScenarioUsageModification",
	     "bcm-pricing-calculator:UpdateBillScenarioUsageModification"),
	ASKS("BatchUpdateWorkloadEstimateUsage",
	     "bcm-pricing-calculator:UpdateWorkloadEstimateUsage"),
};

static const struct event_name bedrock[] = {
	ASKS("Converse", "bedrock:InvokeModel"),
	ASKS("ConverseStream", "bedrock:InvokeModelWithResponseStream"),
	ASKS("RetrieveAndGenerateStream", "bedrock:RetrieveAndGenerate"),
	ASKS("StartAsyncInvoke", "bedrock:InvokeModel"),
};

static const struct event_name budgets[] = {
	ASKS("CreateBudget", "budgets:ModifyBudget"),
	ASKS("CreateNotification", "budgets:ModifyBudget"),
	ASKS("CreateSubscriber", "budgets:ModifyBudget"),
	ASKS("DeleteBudget", "budgets:ModifyBudget"),
	ASKS("DeleteNotification", "budgets:ModifyBudget"),
	ASKS("DeleteSubscriber", "budgets:ModifyBudget"),
	ASKS("DescribeBudget", "budgets:ViewBudget"),
	ASKS("DescribeBudgetNotificationsForAccount", "budgets:ViewBudget"),
	ASKS("DescribeBudgetPerformanceHistory", "budgets:ViewBudget"),
	ASKS("DescribeBudgets", "budgets:ViewBudget"),
	ASKS("DescribeNotificationsForBudget", "budgets:ViewBudget"),
	ASKS("DescribeSubscribersForNotification", "budgets:ViewBudget"),
	ASKS("UpdateBudget", "budgets:ModifyBudget"),
	ASKS("UpdateNotification", "budgets:ModifyBudget"),
	ASKS("UpdateSubscriber", "budgets:ModifyBudget"),
};

static const struct event_name cases[] = {
	ASKS("BatchCreateRelatedItem", "cases:CreateRelatedItem"),
	ASKS("BatchUpdateCase", "cases:UpdateCase"),
};

static const struct event_name cassandra[] = {
	ASKS("AlterKeyspace", "cassandra:Alter"),
	ASKS("AlterTable", "cassandra:Alter"),
	ASKS("CreateKeyspace", "cassandra:Create"),
	ASKS("CreateTable", "cassandra:Create"),
	ASKS("CreateType", "cassandra:Create"),
	ASKS("Delete", "cassandra:Modify"),
	ASKS("DeleteKeyspace", "cassandra:Drop"),
	ASKS("DeleteTable", "cassandra:Drop"),
	ASKS("DeleteType", "cassandra:Drop"),
	ASKS("DropKeyspace", "cassandra:Drop"),
	ASKS("DropTable", "cassandra:Drop"),
	ASKS("DropType", "cassandra:Drop"),
	ASKS("GetKeyspace", "cassandra:Select"),
	ASKS("GetTable", "cassandra:Select"),
	ASKS("GetTableAutoScalingSettings", "cassandra:Select"),
	ASKS("GetType", "cassandra:Select"),
	ASKS("Insert", "cassandra:Modify"),
	ASKS("ListKeyspaces", "cassandra:Select"),
	ASKS("ListTables", "cassandra:Select"),
	ASKS("ListTagsForResource", "cassandra:Select"),
	ASKS("ListTypes", "cassandra:Select"),
	ASKS("RestoreTable", "cassandra:Restore"),
	ASKS("Update", "cassandra:Modify"),
	ASKS("UpdateKeyspace", "cassandra:Alter"),
	ASKS("UpdateTable", "cassandra:Alter"),
};

static const struct event_name cloudfront[] = {
	ASKS("CreateDistributionWithTags", "cloudfront:CreateDistribution"),
};

static const struct event_name cloudsearch[] = {
	ASKS("Search", "cloudsearch:search"),
	ASKS("Suggest", "cloudsearch:suggest"),
	ASKS("UploadDocuments", "cloudsearch:document"),
};

static const struct event_name cloudtrail[] = {
	ASKS("ListInsightsMetricData", "cloudtrail:LookupEvents"),
};

static const struct event_name cognito_identity[] = {
	UNSIGNED("GetCredentialsForIdentity"),
	UNSIGNED("GetId"),
	UNSIGNED("GetOpenIdToken"),
	UNSIGNED("UnlinkIdentity"),
};

static const struct event_name cognito_idp[] = {
	UNSIGNED("AssociateSoftwareToken"),
	UNSIGNED("ChangePassword"),
	UNSIGNED("CompleteWebAuthnRegistration"),
	UNSIGNED("ConfirmDevice"),
	UNSIGNED("ConfirmForgotPassword"),
	UNSIGNED("ConfirmSignUp"),
	UNSIGNED("DeleteUser"),
	UNSIGNED("DeleteUserAttributes"),
	UNSIGNED("DeleteWebAuthnCredential"),
	UNSIGNED("ForgetDevice"),
	UNSIGNED("ForgotPassword"),
	UNSIGNED("GetClientToken"),
	UNSIGNED("GetDevice"),
	UNSIGNED("GetTokensFromRefreshToken"),
	UNSIGNED("GetUser"),
	UNSIGNED("GetUserAttributeVerificationCode"),
	UNSIGNED("GetUserAuthFactors"),
	UNSIGNED("GlobalSignOut"),
	UNSIGNED("InitiateAuth"),
	UNSIGNED("ListDevices"),
	UNSIGNED("ListUserSessions"),
	UNSIGNED("ListWebAuthnCredentials"),
	UNSIGNED("ResendConfirmationCode"),
	UNSIGNED("RespondToAuthChallenge"),
	UNSIGNED("RevokeToken"),
	UNSIGNED("RevokeUserSession"),
	UNSIGNED("SetUserMFAPreference"),
	UNSIGNED("SetUserSettings"),
	UNSIGNED("SignUp"),
	UNSIGNED("StartWebAuthnRegistration"),
	UNSIGNED("UpdateAuthEventFeedback"),
	UNSIGNED("UpdateDeviceStatus"),
	UNSIGNED("UpdateUserAttributes"),
	UNSIGNED("VerifySoftwareToken"),
	UNSIGNED("VerifyUserAttribute"),
};

static const struct event_name detective[] = {
	ASKS("ListOrganizationAdminAccounts", "detective:ListOrganizationAdminAccount"),
};

static const struct event_name dms[] = {
	ASKS("DescribeDataProviders", "dms:ListDataProviders"),
	ASKS("DescribeExtensionPackAssociations", "dms:ListExtensionPacks"),
	ASKS("DescribeInstanceProfiles", "dms:ListInstanceProfiles"),
	ASKS("DescribeMetadataModelAssessments", "dms:ListMetadataModelAssessments"),
	ASKS("DescribeMetadataModelConversions", "dms:ListMetadataModelConversions"),
	ASKS("DescribeMetadataModelExportsAsScript", "dms:ListMetadataModelExports"),
	ASKS("DescribeMetadataModelExportsToTarget", "dms:ListMetadataModelExports"),
	ASKS("DescribeMigrationProjects", "dms:ListMigrationProjects"),
	ASKS("ModifyConversionConfiguration", "dms:UpdateConversionConfiguration"),
	ASKS("ModifyDataProvider", "dms:UpdateDataProvider"),
	ASKS("ModifyInstanceProfile", "dms:UpdateInstanceProfile"),
	ASKS("ModifyMigrationProject", "dms:UpdateMigrationProject"),
	ASKS("StartExtensionPackAssociation", "dms:AssociateExtensionPack"),
	ASKS("StartMetadataModelExportAsScript", "dms:StartMetadataModelExportAsScripts"),
};

static const struct event_name dynamodb[] = {
	SEVERAL("BatchExecuteStatement"), SEVERAL("ExecuteStatement"),
	SEVERAL("ExecuteTransaction"),    ASKS("TransactGetItems", "dynamodb:GetItem"),
	SEVERAL("TransactWriteItems"),
};

static const struct event_name ecr[] = {
	ASKS("ListImageReferrers", "ecr:BatchGetImage"),
};

static const struct event_name execute_api[] = {
	ASKS("DeleteConnection", "execute-api:ManageConnections"),
	ASKS("GetConnection", "execute-api:ManageConnections"),
	ASKS("PostToConnection", "execute-api:ManageConnections"),
};

static const struct event_name glue[] = {
	ASKS("GetUnfilteredPartitionMetadata", "glue:GetPartition"),
	ASKS("GetUnfilteredPartitionsMetadata", "glue:GetPartitions"),
	ASKS("GetUnfilteredTableMetadata", "glue:GetTable"),
};

static const struct event_name kms[] = {
	ASKS("ReEncrypt", "kms:ReEncryptFrom"),
};

static const struct event_name lambda[] = {
	ASKS("GetLayerVersionByArn", "lambda:GetLayerVersion"),
	ASKS("Invoke", "lambda:InvokeFunction"),
	ASKS("InvokeWithResponseStream", "lambda:InvokeFunction"),
};

static const struct event_name neptune_db[] = {
	ASKS("CancelGremlinQuery", "neptune-db:CancelQuery"),
	ASKS("CancelOpenCypherQuery", "neptune-db:CancelQuery"),
	ASKS("DeletePropertygraphStatistics", "neptune-db:DeleteStatistics"),
	ASKS("DeleteSparqlStatistics", "neptune-db:DeleteStatistics"),
	ASKS("ExecuteFastReset", "neptune-db:ResetDatabase"),
	SEVERAL("ExecuteGremlinExplainQuery"),
	ASKS("ExecuteGremlinProfileQuery", "neptune-db:ReadDataViaQuery"),
	SEVERAL("ExecuteGremlinQuery"),
	ASKS("ExecuteOpenCypherExplainQuery", "neptune-db:ReadDataViaQuery"),
	SEVERAL("ExecuteOpenCypherQuery"),
	ASKS("GetGremlinQueryStatus", "neptune-db:GetQueryStatus"),
	ASKS("GetMLDataProcessingJob", "neptune-db:GetMLDataProcessingJobStatus"),
	ASKS("GetMLEndpoint", "neptune-db:GetMLEndpointStatus"),
	ASKS("GetMLModelTrainingJob", "neptune-db:GetMLModelTrainingJobStatus"),
	ASKS("GetMLModelTransformJob", "neptune-db:GetMLModelTransformJobStatus"),
	ASKS("GetOpenCypherQueryStatus", "neptune-db:GetQueryStatus"),
	ASKS("GetPropertygraphStatistics", "neptune-db:GetStatisticsStatus"),
	ASKS("GetPropertygraphStream", "neptune-db:GetStreamRecords"),
	ASKS("GetPropertygraphSummary", "neptune-db:GetGraphSummary"),
	ASKS("GetRDFGraphSummary", "neptune-db:GetGraphSummary"),
	ASKS("GetSparqlStatistics", "neptune-db:GetStatisticsStatus"),
	ASKS("GetSparqlStream", "neptune-db:GetStreamRecords"),
	ASKS("ListGremlinQueries", "neptune-db:GetQueryStatus"),
	ASKS("ListOpenCypherQueries", "neptune-db:GetQueryStatus"),
	ASKS("ManagePropertygraphStatistics", "neptune-db:ManageStatistics"),
	ASKS("ManageSparqlStatistics", "neptune-db:ManageStatistics"),
};

static const struct event_name neptune_graph[] = {
	SEVERAL("ExecuteQuery"),
	ASKS("GetQuery", "neptune-graph:GetQueryStatus"),
};

static const struct event_name qapps[] = {
	ASKS("CreatePresignedUrl", "qapps:ImportDocument"),
};

static const struct event_name s3[] = {
	ASKS("CompleteMultipartUpload", "s3:PutObject"),
	ASKS("CopyObject", "s3:PutObject"),
	ASKS("CreateBucketMetadataConfiguration", "s3:CreateBucketMetadataTableConfiguration"),
	ASKS("CreateMultipartUpload", "s3:PutObject"),
	ASKS("CreateSession", "s3express:CreateSession"),
	ASKS("DeleteAccessPointScope", "s3express:DeleteAccessPointScope"),
	ASKS("DeleteAccountPublicAccessBlock", "s3:PutAccountPublicAccessBlock"),
	ASKS("DeleteBucketAnalyticsConfiguration", "s3:PutAnalyticsConfiguration"),
	ASKS("DeleteBucketCors", "s3:PutBucketCORS"),
	ASKS("DeleteBucketEncryption", "s3:PutEncryptionConfiguration"),
	ASKS("DeleteBucketIntelligentTieringConfiguration",
	     "s3:PutIntelligentTieringConfiguration"),
	ASKS("DeleteBucketInventoryConfiguration", "s3:PutInventoryConfiguration"),
	ASKS("DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"),
	ASKS("DeleteBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
	ASKS("DeleteBucketMetadataConfiguration", "s3:DeleteBucketMetadataTableConfiguration"),
	ASKS("DeleteBucketMetricsConfiguration", "s3:PutMetricsConfiguration"),
	ASKS("DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls"),
	ASKS("DeleteBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
	ASKS("DeleteBucketReplication", "s3:PutReplicationConfiguration"),
	ASKS("DeleteBucketReplicationConfiguration", "s3:PutReplicationConfiguration"),
	ASKS("DeleteBucketTagging", "s3:PutBucketTagging"),
	ASKS("DeleteObjects", "s3:DeleteObject"),
	ASKS("DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
	ASKS("GetAccessPointScope", "s3express:GetAccessPointScope"),
	ASKS("GetBucketAccelerateConfiguration", "s3:GetAccelerateConfiguration"),
	ASKS("GetBucketAnalyticsConfiguration", "s3:GetAnalyticsConfiguration"),
	ASKS("GetBucketCors", "s3:GetBucketCORS"),
	ASKS("GetBucketEncryption", "s3:GetEncryptionConfiguration"),
	ASKS("GetBucketIntelligentTieringConfiguration", "s3:GetIntelligentTieringConfiguration"),
	ASKS("GetBucketInventoryConfiguration", "s3:GetInventoryConfiguration"),
	ASKS("GetBucketLifecycle", "s3:GetLifecycleConfiguration"),
	ASKS("GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
	ASKS("GetBucketMetadataConfiguration", "s3:GetBucketMetadataTableConfiguration"),
	ASKS("GetBucketMetricsConfiguration", "s3:GetMetricsConfiguration"),
	ASKS("GetBucketNotificationConfiguration", "s3:GetBucketNotification"),
	ASKS("GetBucketReplication", "s3:GetReplicationConfiguration"),
	ASKS("GetBucketReplicationConfiguration", "s3:GetReplicationConfiguration"),
	ASKS("GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration"),
	ASKS("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
	ASKS("HeadBucket", "s3:ListBucket"),
	ASKS("HeadObject", "s3:GetObject"),
	ASKS("ListAccessPointsForDirectoryBuckets",
	     "s3express:ListAccessPointsForDirectoryBuckets"),
	ASKS("ListBucketAnalyticsConfigurations", "s3:GetAnalyticsConfiguration"),
	ASKS("ListBucketIntelligentTieringConfigurations", "s3:GetIntelligentTieringConfiguration"),
	ASKS("ListBucketInventoryConfigurations", "s3:GetInventoryConfiguration"),
	ASKS("ListBucketMetricsConfigurations", "s3:GetMetricsConfiguration"),
	ASKS("ListBuckets", "s3:ListAllMyBuckets"),
	ASKS("ListDirectoryBuckets", "s3express:ListAllMyDirectoryBuckets"),
	ASKS("ListMultipartUploads", "s3:ListBucketMultipartUploads"),
	ASKS("ListObjectVersions", "s3:ListBucketVersions"),
	ASKS("ListObjects", "s3:ListBucket"),
	ASKS("ListObjectsV2", "s3:ListBucket"),
	ASKS("ListParts", "s3:ListMultipartUploadParts"),
	ASKS("PostObject", "s3:PutObject"),
	ASKS("PutAccessPointScope", "s3express:PutAccessPointScope"),
	ASKS("PutBucketAccelerateConfiguration", "s3:PutAccelerateConfiguration"),
	ASKS("PutBucketAnalyticsConfiguration", "s3:PutAnalyticsConfiguration"),
	ASKS("PutBucketCors", "s3:PutBucketCORS"),
	ASKS("PutBucketEncryption", "s3:PutEncryptionConfiguration"),
	ASKS("PutBucketIntelligentTieringConfiguration", "s3:PutIntelligentTieringConfiguration"),
	ASKS("PutBucketInventoryConfiguration", "s3:PutInventoryConfiguration"),
	ASKS("PutBucketLifecycle", "s3:PutLifecycleConfiguration"),
	ASKS("PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
	ASKS("PutBucketMetricsConfiguration", "s3:PutMetricsConfiguration"),
	ASKS("PutBucketNotificationConfiguration", "s3:PutBucketNotification"),
	ASKS("PutBucketReplication", "s3:PutReplicationConfiguration"),
	ASKS("PutBucketReplicationConfiguration", "s3:PutReplicationConfiguration"),
	ASKS("PutObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration"),
	ASKS("PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
	ASKS("RenameObject", "s3express:CreateSession"),
	ASKS("SelectObjectContent", "s3:GetObject"),
	ASKS("UploadPart", "s3:PutObject"),
	ASKS("UploadPartCopy", "s3:PutObject"),
	ASKS("WriteGetObjectResponse", "s3-object-lambda:WriteGetObjectResponse"),
};

static const struct event_name s3_object_lambda[] = {
	ASKS("CompleteMultipartUpload", "s3-object-lambda:PutObject"),
	ASKS("CreateMultipartUpload", "s3-object-lambda:PutObject"),
	ASKS("DeleteObjects", "s3-object-lambda:DeleteObject"),
	ASKS("HeadBucket", "s3-object-lambda:ListBucket"),
	ASKS("HeadObject", "s3-object-lambda:GetObject"),
	ASKS("ListMultipartUploads", "s3-object-lambda:ListBucketMultipartUploads"),
	ASKS("ListObjectVersions", "s3-object-lambda:ListBucketVersions"),
	ASKS("ListObjects", "s3-object-lambda:ListBucket"),
	ASKS("ListObjectsV2", "s3-object-lambda:ListBucket"),
	ASKS("ListParts", "s3-object-lambda:ListMultipartUploadParts"),
	ASKS("UploadPart", "s3-object-lambda:PutObject"),
};

static const struct event_name s3_outposts[] = {
	ASKS("CompleteMultipartUpload", "s3-outposts:PutObject"),
	ASKS("CopyObject", "s3-outposts:PutObject"),
	ASKS("CreateMultipartUpload", "s3-outposts:PutObject"),
	ASKS("DeleteBucketLifecycleConfiguration", "s3-outposts:PutLifecycleConfiguration"),
	ASKS("DeleteBucketReplication", "s3-outposts:PutReplicationConfiguration"),
	ASKS("DeleteBucketTagging", "s3-outposts:PutBucketTagging"),
	ASKS("DeleteObjects", "s3-outposts:DeleteObject"),
	ASKS("GetBucketLifecycleConfiguration", "s3-outposts:GetLifecycleConfiguration"),
	ASKS("GetBucketReplication", "s3-outposts:GetReplicationConfiguration"),
	ASKS("HeadBucket", "s3-outposts:ListBucket"),
	ASKS("HeadObject", "s3-outposts:GetObject"),
	ASKS("ListMultipartUploads", "s3-outposts:ListBucketMultipartUploads"),
	ASKS("ListObjects", "s3-outposts:ListBucket"),
	ASKS("ListObjectsV2", "s3-outposts:ListBucket"),
	ASKS("ListParts", "s3-outposts:ListMultipartUploadParts"),
	ASKS("PutBucketLifecycleConfiguration", "s3-outposts:PutLifecycleConfiguration"),
	ASKS("PutBucketReplication", "s3-outposts:PutReplicationConfiguration"),
	ASKS("UploadPart", "s3-outposts:PutObject"),
	ASKS("UploadPartCopy", "s3-outposts:PutObject"),
};

static const struct event_name s3express[] = {
	ASKS("AbortMultipartUpload", "s3express:CreateSession"),
	ASKS("CompleteMultipartUpload", "s3express:CreateSession"),
	ASKS("CopyObject", "s3express:CreateSession"),
	ASKS("CreateMultipartUpload", "s3express:CreateSession"),
	ASKS("DeleteBucketEncryption", "s3express:PutEncryptionConfiguration"),
	ASKS("DeleteBucketInventoryConfiguration", "s3express:PutInventoryConfiguration"),
	ASKS("DeleteBucketLifecycle", "s3express:PutLifecycleConfiguration"),
	ASKS("DeleteBucketMetricsConfiguration", "s3express:PutMetricsConfiguration"),
	ASKS("DeleteObject", "s3express:CreateSession"),
	ASKS("DeleteObjects", "s3express:CreateSession"),
	ASKS("GetBucketEncryption", "s3express:GetEncryptionConfiguration"),
	ASKS("GetBucketInventoryConfiguration", "s3express:GetInventoryConfiguration"),
	ASKS("GetBucketLifecycleConfiguration", "s3express:GetLifecycleConfiguration"),
	ASKS("GetBucketMetricsConfiguration", "s3express:GetMetricsConfiguration"),
	ASKS("GetObject", "s3express:CreateSession"),
	ASKS("GetObjectAttributes", "s3express:CreateSession"),
	ASKS("HeadBucket", "s3express:CreateSession"),
	ASKS("HeadObject", "s3express:CreateSession"),
	ASKS("ListBucketInventoryConfigurations", "s3express:GetInventoryConfiguration"),
	ASKS("ListBucketMetricsConfigurations", "s3express:GetMetricsConfiguration"),
	ASKS("ListDirectoryBuckets", "s3express:ListAllMyDirectoryBuckets"),
	ASKS("ListMultipartUploads", "s3express:CreateSession"),
	ASKS("ListObjectsV2", "s3express:CreateSession"),
	ASKS("ListParts", "s3express:CreateSession"),
	ASKS("PutBucketEncryption", "s3express:PutEncryptionConfiguration"),
	ASKS("PutBucketInventoryConfiguration", "s3express:PutInventoryConfiguration"),
	ASKS("PutBucketLifecycleConfiguration", "s3express:PutLifecycleConfiguration"),
	ASKS("PutBucketMetricsConfiguration", "s3express:PutMetricsConfiguration"),
	ASKS("PutObject", "s3express:CreateSession"),
	ASKS("RenameObject", "s3express:CreateSession"),
	ASKS("UploadPart", "s3express:CreateSession"),
	ASKS("UploadPartCopy", "s3express:CreateSession"),
};

static const struct event_name securityhub[] = {
	ASKS("BatchUpdateFindingsV2", "securityhub:BatchUpdateFindings"),
	ASKS("GetFindingStatisticsV2", "securityhub:GetAdhocInsightResults"),
	ASKS("GetFindingsV2", "securityhub:GetFindings"),
};

static const struct event_name signin[] = {
	ASKS("AuthorizeOAuth2Access", "signin:AuthorizeOAuth2Access"),
	ASKS("CreateOAuth2PublicClient", "signin:CreateOAuth2PublicClient"),
	ASKS("CreateOAuth2Token", "signin:CreateOAuth2Token"),
	ASKS("CreateOAuth2TokenWithIAM", "signin:CreateOAuth2Token"),
	ASKS("CreateTrustedIdentityPropagationApplicationForConsole",
	     "signin:CreateTrustedIdentityPropagationApplicationForConsole"),
	ASKS("DeleteConsoleAuthorizationConfiguration",
	     "signin:DeleteConsoleAuthorizationConfiguration"),
	ASKS("DeleteResourcePermissionStatement", "signin:DeleteResourcePermissionStatement"),
	ASKS("GetConsoleAuthorizationConfiguration", "signin:GetConsoleAuthorizationConfiguration"),
	ASKS("GetResourcePolicy", "signin:GetResourcePolicy"),
	ASKS("IntrospectOAuth2TokenWithIAM", "signin:IntrospectOAuth2Token"),
	ASKS("ListResourcePermissionStatements", "signin:ListResourcePermissionStatements"),
	ASKS("ListTrustedIdentityPropagationApplicationsForConsole",
	     "signin:ListTrustedIdentityPropagationApplicationsForConsole"),
	ASKS("PutConsoleAuthorizationConfiguration", "signin:PutConsoleAuthorizationConfiguration"),
	ASKS("PutResourcePermissionStatement", "signin:PutResourcePermissionStatement"),
	ASKS("RevokeOAuth2TokenWithIAM", "signin:RevokeOAuth2Token"),
};

static const struct event_name sns[] = {
	ASKS("PublishBatch", "sns:Publish"),
};

static const struct event_name sqs[] = {
	ASKS("ChangeMessageVisibilityBatch", "sqs:ChangeMessageVisibility"),
	ASKS("DeleteMessageBatch", "sqs:DeleteMessage"),
	ASKS("SendMessageBatch", "sqs:SendMessage"),
};

static const struct event_name ssm[] = {
	SEVERAL("DeregisterDefaultHostManagementConfiguration"),
	SEVERAL("RegisterDefaultHostManagementConfiguration"),
};

static const struct event_name sso[] = {
	UNSIGNED("Authenticate"),
	UNSIGNED("CreateToken"),
	ASKS("CreateTokenWithIAM", "sso-oauth:CreateTokenWithIAM"),
	UNSIGNED("Federate"),
	UNSIGNED("GetRoleCredentials"),
	UNSIGNED("ListAccountRoles"),
	UNSIGNED("ListAccounts"),
	UNSIGNED("Logout"),
	UNSIGNED("RegisterClient"),
	UNSIGNED("StartDeviceAuthorization"),
	UNSIGNED("UserAuthentication"),
};

static const struct event_name sso_oauth[] = {
	UNSIGNED("CreateToken"),
	UNSIGNED("RegisterClient"),
	UNSIGNED("StartDeviceAuthorization"),
};

static const struct event_name sts[] = {
	FREE("GetCallerIdentity"),
	FREE("GetSessionToken"),
};

static const struct event_name tax[] = {
	ASKS("BatchGetTaxExemptions", "tax:GetExemptions"),
	ASKS("GetTaxExemptionTypes", "tax:GetExemptions"),
	ASKS("ListTaxExemptions", "tax:GetExemptions"),
	ASKS("PutTaxExemption", "tax:UpdateExemptions"),
};

static const struct event_name timestream[] = {
	SEVERAL("Query"),
};

static const struct event_name verifiedpermissions[] = {
	ASKS("BatchGetPolicy", "verifiedpermissions:GetPolicy"),
	ASKS("BatchIsAuthorized", "verifiedpermissions:IsAuthorized"),
	ASKS("BatchIsAuthorizedWithToken", "verifiedpermissions:IsAuthorizedWithToken"),
};

static const struct event_name vpc_lattice[] = {
	ASKS("BatchUpdateRule", "vpc-lattice:UpdateRule"),
};

#define PLAIN(source, prefix)               \
	{                                   \
		(source), (prefix), NULL, 0 \
	}
#define WITH(source, prefix, names)                            \
	{                                                      \
		(source), (prefix), (names), ARRAY_SIZE(names) \
	}

const struct event_source event_sources[] = {
	PLAIN("IoTSecuredTunneling", "iot"),
	PLAIN("a2i-runtime.sagemaker", "sagemaker"),
	WITH("access-analyzer", "access-analyzer", access_analyzer),
	PLAIN("account-access-runtime", "account-access"),
	PLAIN("admin.wickr", "wickr"),
	PLAIN("agent-registry-control", "agent-registry"),
	PLAIN("agreement-marketplace", "aws-marketplace"),
	PLAIN("amazonmq", "mq"),
	WITH("api.detective", "detective", detective),
	WITH("api.ecr", "ecr", ecr),
	PLAIN("api.ecr-public", "ecr-public"),
	PLAIN("api.iotdeviceadvisor", "iotdeviceadvisor"),
	PLAIN("api.iotmanagedintegrations", "iotmanagedintegrations"),
	PLAIN("api.iotwireless", "iotwireless"),
	PLAIN("api.mediatailor", "mediatailor"),
	PLAIN("api.pricing", "pricing"),
	PLAIN("api.sagemaker", "sagemaker"),
	PLAIN("api.tunneling.iot", "iot"),
	WITH("apigateway", "apigateway", apigateway),
	PLAIN("appconfigdata", "appconfig"),
	PLAIN("appstream2", "appstream"),
	WITH("autoscaling", "autoscaling", autoscaling),
	WITH("awsssoportal", "sso", sso),
	WITH("batch", "batch", batch),
	WITH("bcm-pricing-calculator", "bcm-pricing-calculator", bcm_pricing_calculator),
	WITH("bedrock", "bedrock", bedrock),
	WITH("bedrock-agent", "bedrock", bedrock),
	WITH("bedrock-agent-runtime", "bedrock", bedrock),
	PLAIN("bedrock-agentcore-control", "bedrock-agentcore"),
	WITH("bedrock-data-automation", "bedrock", bedrock),
	WITH("bedrock-data-automation-runtime", "bedrock", bedrock),
	WITH("bedrock-runtime", "bedrock", bedrock),
	WITH("budgets", "budgets", budgets),
	WITH("cases", "cases", cases),
	WITH("cassandra", "cassandra", cassandra),
	WITH("cassandra-streams", "cassandra", cassandra),
	PLAIN("catalog.marketplace", "aws-marketplace"),
	PLAIN("cloudcontrolapi", "cloudformation"),
	WITH("cloudfront", "cloudfront", cloudfront),
	PLAIN("cloudhsmv2", "cloudhsm"),
	WITH("cloudsearch", "cloudsearch", cloudsearch),
	WITH("cloudsearchdomain", "cloudsearch", cloudsearch),
	WITH("cloudtrail", "cloudtrail", cloudtrail),
	PLAIN("cloudwatch-omni", "cloudwatch"),
	WITH("cognito-identity", "cognito-identity", cognito_identity),
	WITH("cognito-idp", "cognito-idp", cognito_idp),
	PLAIN("contact-lens", "connect"),
	PLAIN("controlplane.payment-cryptography", "payment-cryptography"),
	PLAIN("data-ats.iot", "iot"),
	PLAIN("data-signer", "signer"),
	PLAIN("data.jobs.iot", "iotjobsdata"),
	PLAIN("data.mediastore", "mediastore"),
	WITH("data.qapps", "qapps", qapps),
	PLAIN("dataplane.payment-cryptography", "payment-cryptography"),
	PLAIN("deployment-marketplace", "aws-marketplace"),
	WITH("detective", "detective", detective),
	PLAIN("discovery-marketplace", "aws-marketplace"),
	WITH("dms", "dms", dms),
	WITH("dynamodb", "dynamodb", dynamodb),
	WITH("ecr", "ecr", ecr),
	PLAIN("edge.sagemaker", "sagemaker"),
	PLAIN("email", "ses"),
	PLAIN("entitlement.marketplace", "aws-marketplace"),
	PLAIN("eventsv2", "events"),
	WITH("execute-api", "execute-api", execute_api),
	PLAIN("featurestore-runtime.sagemaker", "sagemaker"),
	PLAIN("forecastquery", "forecast"),
	WITH("glue", "glue", glue),
	PLAIN("iam-toolbox", "iam"),
	PLAIN("identity-chime", "chime"),
	PLAIN("inferencerouter-runtime.sagemaker", "sagemaker"),
	WITH("ingest.timestream", "timestream", timestream),
	PLAIN("iot-jobs-data", "iotjobsdata"),
	PLAIN("iotdata", "iot"),
	PLAIN("ivsrealtime", "ivs"),
	PLAIN("job-runtime.sagemaker", "sagemaker"),
	WITH("kms", "kms", kms),
	WITH("lambda", "lambda", lambda),
	PLAIN("lexv2", "lex"),
	PLAIN("mail-manager", "ses"),
	PLAIN("marketplacecatalog", "aws-marketplace"),
	PLAIN("media-pipelines-chime", "chime"),
	PLAIN("meetings-chime", "chime"),
	PLAIN("memory-db", "memorydb"),
	PLAIN("messaging-chime", "chime"),
	PLAIN("metering-marketplace", "aws-marketplace"),
	PLAIN("metering.marketplace", "aws-marketplace"),
	PLAIN("metrics.sagemaker", "sagemaker"),
	PLAIN("migrationhub-config", "mgh"),
	PLAIN("models-v2-lex", "lex"),
	PLAIN("models.lex", "lex"),
	PLAIN("monitoring", "cloudwatch"),
	PLAIN("mturk-requester", "mechanicalturk"),
	WITH("neptune-db", "neptune-db", neptune_db),
	WITH("neptune-graph", "neptune-graph", neptune_graph),
	WITH("oidc", "sso-oauth", sso_oauth),
	PLAIN("partnercentral-account", "partnercentral"),
	PLAIN("partnercentral-benefits", "partnercentral"),
	PLAIN("partnercentral-channel", "partnercentral"),
	PLAIN("partnercentral-prm", "partnercentral"),
	PLAIN("partnercentral-selling", "partnercentral"),
	PLAIN("personalize-events", "personalize"),
	PLAIN("personalize-runtime", "personalize"),
	PLAIN("pinpoint", "mobiletargeting"),
	WITH("portal.sso", "sso", sso),
	WITH("qapps", "qapps", qapps),
	WITH("query.timestream", "timestream", timestream),
	PLAIN("rdsdata", "rds-data"),
	PLAIN("reporting-marketplace", "aws-marketplace"),
	PLAIN("runtime-v2-lex", "lex"),
	PLAIN("runtime.lex", "lex"),
	PLAIN("runtime.sagemaker", "sagemaker"),
	WITH("s3", "s3", s3),
	WITH("s3-control", "s3", s3),
	WITH("s3-object-lambda", "s3-object-lambda", s3_object_lambda),
	WITH("s3-outposts", "s3-outposts", s3_outposts),
	WITH("s3express", "s3express", s3express),
	WITH("securityhub", "securityhub", securityhub),
	PLAIN("servicecatalog-appregistry", "servicecatalog"),
	WITH("signin", "signin", signin),
	PLAIN("sms-voice.pinpoint", "sms-voice"),
	WITH("sns", "sns", sns),
	WITH("sqs", "sqs", sqs),
	WITH("ssm", "ssm", ssm),
	WITH("sso", "sso", sso),
	WITH("sso-oauth", "sso-oauth", sso_oauth),
	WITH("streams.dynamodb", "dynamodb", dynamodb),
	WITH("sts", "sts", sts),
	PLAIN("tagging", "tag"),
	WITH("tax", "tax", tax),
	WITH("timestream", "timestream", timestream),
	PLAIN("training-session-runtime.sagemaker", "sagemaker"),
	PLAIN("transcribestreaming", "transcribe"),
	WITH("verifiedpermissions", "verifiedpermissions", verifiedpermissions),
	PLAIN("voice-chime", "chime"),
	WITH("vpc-lattice", "vpc-lattice", vpc_lattice),
};
const size_t event_nsources = ARRAY_SIZE(event_sources);

/* As strcmp; what a table holds ends in NUL, what is looked for does not. */
static int compare(struct str s, const char *z)
{
	size_t i = 0;

	for (; i < s.n && z[i]; i++) {
		if (s.p[i] != z[i])
			return (unsigned char)s.p[i] < (unsigned char)z[i] ? -1 : 1;
	}
	return i < s.n ? 1 : z[i] ? -1 : 0;
}

const struct event_source *event_source_find(struct str source)
{
	size_t from = 0, to = event_nsources;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int order = compare(source, event_sources[mid].source);

		if (order == 0)
			return &event_sources[mid];
		if (order < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return NULL;
}

const struct event_name *event_name_find(const struct event_source *s, struct str name)
{
	size_t from = 0, to = s->nnames;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int order = compare(name, s->names[mid].event);

		if (order == 0)
			return &s->names[mid];
		if (order < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return NULL;
}
